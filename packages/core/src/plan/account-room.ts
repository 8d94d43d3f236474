import { ownerOf, type Account } from '../domain/account.ts'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import { isAhead, parseInstant } from '../domain/instant.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { CallState } from './call-state.ts'
import type { Hold } from './hold.ts'

/** How many changes an account may send now; `hold` says why there is room for none, and until when. */
export interface AccountRoom {
  readonly changes: number
  readonly hold: Hold | undefined
}

/** `starting`: changes that are decided and in no status yet. */
export type AccountRoomFor = (starting: number) => AccountRoom

export interface AccountRoomFacts {
  readonly now: number
  readonly monotonic: number
  /** By operation id: calls of this process, which a clock that was set forward does not make older. Default: none. */
  readonly calls?: ReadonlyMap<string, CallState>
}

/**
 * The room in every sliding window that the account knows, counted from what is recorded: so it holds over restarts,
 * leaders and deletions. To be counted once for all that is decided at a moment.
 */
export function countAccountRoom(
  account: Account,
  statuses: readonly FailoverIPStatus[],
  { now, monotonic, calls = new Map() }: AccountRoomFacts,
): AccountRoomFor {
  const { accountWindows } = account.capabilities
  if (accountWindows.length === 0) return () => ({ changes: Number.POSITIVE_INFINITY, hold: undefined })
  // Times that another clock has written count with the records, which are dated anew.
  const recorded = changeTimes(account, statuses).map((times) => times.filter((time) => !isAhead(time, now)))
  const tellings = [...recorded, ownTimes(account, calls).map((sentAt) => now - (monotonic - sentAt))]
  const windows = accountWindows.map(({ mutations, seconds }) => {
    const since = now - seconds * 1000 - defaults.sendMargin
    return { mutations, seconds, inside: longest(tellings.map((times) => times.filter((time) => time > since))) }
  })
  const message = `The account has sent as many changes as ${account.provider} allows for now.`
  return (starting) => {
    const rooms = windows.map(({ mutations, seconds, inside }) => {
      const changes = mutations - inside.length - starting
      const freedBy = inside[Math.min(-changes, inside.length - 1)] ?? now
      return { changes, until: changes > 0 ? 0 : freedBy + seconds * 1000 + defaults.sendMargin }
    })
    const changes = Math.max(0, Math.min(...rooms.map((room) => room.changes)))
    if (changes > 0) return { changes, hold: undefined }
    const until = monotonic + Math.max(...rooms.map((room) => room.until)) - now
    return { changes, hold: { reason: 'AccountLimit', message, until } }
  }
}

/**
 * The times of changes, oldest first, told twice over: as noted with the account, and as the records show them. Records
 * of older versions date a change when it was seen done alone, so that the two cannot always be matched one by one.
 */
function changeTimes(account: Account, statuses: readonly FailoverIPStatus[]): readonly (readonly number[])[] {
  const records = statuses.flatMap(({ addresses = [] }) => [
    ...new Map(addresses.map((one) => [one.unit, one])).values(),
  ])
  const open = records.map(({ operation }) => operation?.startedAt)
  const sent = instants([...open, ...records.map(({ sentAt }) => sentAt)])
  const shown = instants([...open, ...records.map(({ sentAt, changedAt }) => sentAt ?? changedAt)])
  return [union(instants(account.recentOperations.map(({ at }) => at)), sent), shown].map((times) =>
    times.toSorted((a, b) => a - b),
  )
}

/** Local monotonic times at which this process has sent changes, oldest first. */
function ownTimes(account: Account, calls: ReadonlyMap<string, CallState>): readonly number[] {
  const own = [...calls.values()].flatMap(({ sent }) => (sent?.owner === ownerOf(account) ? [sent.at] : []))
  return own.toSorted((a, b) => a - b)
}

function instants(texts: readonly (string | undefined)[]): readonly number[] {
  return texts.flatMap((text) => parseInstant(text) ?? [])
}

/** Each time as often as the list that has it more often. */
function union(one: readonly number[], other: readonly number[]): readonly number[] {
  const unmatched = new Map<number, number>()
  for (const time of one) unmatched.set(time, (unmatched.get(time) ?? 0) + 1)
  const added = other.filter((time) => {
    const left = unmatched.get(time) ?? 0
    unmatched.set(time, left - 1)
    return left <= 0
  })
  return [...one, ...added]
}

function longest(lists: readonly (readonly number[])[]): readonly number[] {
  return lists.reduce((most, list) => (list.length > most.length ? list : most), [])
}
