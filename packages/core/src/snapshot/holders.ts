import type { Policy } from '../domain/policy.ts'
import type { FailoverIPReview } from './failover-ip-review.ts'

/** Nodes that hold something, with the strictest detection of what they hold. */
export type Holders = ReadonlyMap<string, Policy['detection']>

export function holdersOf(reviews: Iterable<FailoverIPReview>): Holders {
  const holders = new Map<string, Policy['detection']>()
  for (const { home, failoverIP } of reviews) {
    if (home === undefined) continue
    const { detection } = failoverIP.policy
    const old = holders.get(home) ?? detection
    holders.set(home, {
      interval: Math.min(old.interval, detection.interval),
      misses: Math.min(old.misses, detection.misses),
      witnesses: Math.min(old.witnesses, detection.witnesses),
    })
  }
  return holders
}
