import type { Clock, ProviderError, ProviderErrorCode } from '@failover-ip/provider'
import type { Reason } from '../domain/reasons.ts'
import type { Hold } from '../plan/hold.ts'
import type { PlacementItem } from '../placement/placement-input.ts'
import { backOff } from './back-off.ts'
import { defaults } from './defaults.ts'

/** What failures hold back: FailoverIPs, accounts, and nodes that the provider refused for a FailoverIP. */
export interface HoldBook {
  holdOf(key: string, account: string): Hold | undefined
  /** By key; until local monotonic moments. */
  readonly refusals: ReadonlyMap<string, NonNullable<PlacementItem['refusals']>>
  failed(change: FailedChange): void
  succeeded(key: string, account: string): void
  /** The account has new credentials or parameters. */
  renewed(account: string): void
  forget(keys: ReadonlySet<string>, accounts: Iterable<string>): void
}

export interface FailedChange {
  readonly key: string
  readonly account: string
  /** The node that the unit was to go to. */
  readonly node: string | undefined
  readonly error: ProviderError
  /** How often in a row the target may be busy before another is tried. */
  readonly patience: number
}

/** One that is over is remembered until a success, so that the next one of the same node lasts longer. */
interface Refusal {
  readonly node: string
  /** Local monotonic milliseconds. */
  readonly until: number
  readonly times: number
}

type Scope = 'account' | 'failoverIP' | 'node'

const rules: Readonly<Record<ProviderErrorCode, { readonly scope: Scope; readonly reason: Reason }>> = {
  NotFound: { scope: 'node', reason: 'Refused' },
  Conflict: { scope: 'node', reason: 'Refused' },
  Invalid: { scope: 'node', reason: 'Refused' },
  Unsupported: { scope: 'failoverIP', reason: 'Refused' },
  Busy: { scope: 'failoverIP', reason: 'Busy' },
  Transient: { scope: 'failoverIP', reason: 'ProviderUnavailable' },
  RateLimited: { scope: 'account', reason: 'RateLimited' },
  Denied: { scope: 'account', reason: 'CredentialsRefused' },
}

/** What contradicts the cloud's state, or is busy, may do so for a moment only, and no other node may be left. */
function refusalTimeOf(code: ProviderErrorCode): { readonly first: number; readonly most: number } {
  if (code === 'Busy') return { first: defaults.briefRefusalTime, most: defaults.mostBackOff }
  return {
    first: code === 'Conflict' ? defaults.briefRefusalTime : defaults.refusalTime,
    most: defaults.mostRefusalTime,
  }
}

export function createHoldBook(clock: Clock, random: () => number): HoldBook {
  const holds = new Map<string, Hold & { readonly failures: number }>()
  const refusals = new Map<string, readonly Refusal[]>()
  const accountID = (account: string): string => `account ${account}`
  const failoverIPID = (key: string): string => `failoverIP ${key}`
  const current = (id: string): Hold | undefined => {
    const hold = holds.get(id)
    return hold?.until !== undefined && clock.monotonic() < hold.until ? hold : undefined
  }
  const waitAfter = ({ error: { code }, node }: FailedChange, failures: number): number => {
    if (code === 'Unsupported') return defaults.mostBackOff
    const wait = backOff(failures, random)
    // A node that stays busy is left out, so that another may be tried as soon.
    const isSoon = code === 'Busy' && (node !== undefined || failures <= defaults.patience)
    return isSoon ? Math.min(wait, defaults.mostBusyWait) : wait
  }
  return {
    holdOf: (key, account) => current(accountID(account)) ?? current(failoverIPID(key)),
    refusals,
    failed: (change) => {
      const { key, account, node, error } = change
      const { scope, reason } = rules[error.code]
      const id = scope === 'account' ? accountID(account) : failoverIPID(key)
      const failures = (holds.get(id)?.failures ?? 0) + 1
      const wished = (error.retryAfterSeconds ?? 0) * 1000
      // Another node may take it at once; only a row of refusals is slowed down.
      const tryElsewhere = scope === 'node' && failures <= 3
      const wait = tryElsewhere ? 0 : waitAfter(change, failures)
      holds.set(id, { reason, message: error.message, until: clock.monotonic() + Math.max(wished, wait), failures })
      // A target that stays busy is as good as refused.
      const isStuck = error.code === 'Busy' && failures > change.patience
      if ((scope !== 'node' && !isStuck) || node === undefined) return
      const old = refusals.get(key) ?? []
      const times = (old.find((refusal) => refusal.node === node)?.times ?? 0) + 1
      const { first, most } = refusalTimeOf(error.code)
      const pause = Math.min(first * 2 ** (times - 1), most)
      const others = old.filter((refusal) => refusal.node !== node).slice(-31)
      refusals.set(key, [...others, { node, until: clock.monotonic() + pause, times }])
    },
    succeeded: (key, account) => {
      // A hold that is not over stands: it came after this change was sent.
      for (const id of [failoverIPID(key), accountID(account)]) if (current(id) === undefined) holds.delete(id)
      const lasting = (refusals.get(key) ?? []).filter(({ until }) => until > clock.monotonic())
      if (lasting.length === 0) refusals.delete(key)
      else refusals.set(key, lasting)
    },
    renewed: (account) => {
      holds.delete(accountID(account))
    },
    forget: (keys, accounts) => {
      for (const key of refusals.keys()) if (!keys.has(key)) refusals.delete(key)
      const known = new Set([...[...keys].map(failoverIPID), ...[...accounts].map(accountID)])
      for (const id of holds.keys()) if (!known.has(id)) holds.delete(id)
    },
  }
}
