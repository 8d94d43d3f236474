import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { Health } from '../health/verdict.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'

/** A failover before everything else, then by priority, then by name. */
export function byUrgency(
  failoverIPs: readonly FailoverIPInput[],
  reviews: ReadonlyMap<string, FailoverIPReview>,
  health: Health,
): readonly FailoverIPInput[] {
  const isEscape = ({ key }: FailoverIPInput): number => {
    const home = reviews.get(key)?.home
    return home !== undefined && health.verdicts.get(home)?.verdict === 'dead' ? 1 : 0
  }
  return failoverIPs.toSorted(
    (a, b) => isEscape(b) - isEscape(a) || b.priority - a.priority || (a.key < b.key ? -1 : 1),
  )
}
