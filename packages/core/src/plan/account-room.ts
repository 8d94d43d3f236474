import type { Account } from '../domain/account.ts'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import { parseInstant } from '../domain/instant.ts'
import type { Hold } from './decision.ts'

/**
 * When the account may send its next change, by every sliding window it knows, counted from what is recorded: so it
 * holds over restarts, leaders and deletions. `undefined`: now.
 */
export function accountRoom(
  account: Account,
  statuses: readonly FailoverIPStatus[],
  { now, monotonic, starting }: { readonly now: number; readonly monotonic: number; readonly starting: number },
): Hold | undefined {
  const { accountWindows } = account.capabilities
  if (accountWindows.length === 0) return undefined
  const times = changeTimes(account, statuses)
  const until = Math.max(
    0,
    ...accountWindows.map(({ mutations, seconds }) => {
      const inside = times.filter((time) => time > now - seconds * 1000)
      const excess = inside.length + starting - mutations
      return excess < 0 ? 0 : (inside[Math.min(excess, inside.length - 1)] ?? now) + seconds * 1000
    }),
  )
  if (until <= now) return undefined
  const message = `The account has sent as many changes as ${account.provider} allows for now.`
  return { reason: 'AccountLimit', message, until: monotonic + (until - now) }
}

function changeTimes(account: Account, statuses: readonly FailoverIPStatus[]): readonly number[] {
  const recorded = statuses.flatMap(({ addresses = [] }) =>
    addresses.flatMap(({ operation, changedAt }) => [operation?.startedAt, changedAt]),
  )
  const times = [...account.recentOperations, ...recorded].flatMap((text) => parseInstant(text) ?? [])
  return [...new Set(times)].toSorted((a, b) => a - b)
}
