import type { Health, NodeVerdict } from '../health/verdict.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import type { FailoverEvent } from './failover-event.ts'

/** Told of every FailoverIP whose node has got another verdict that matters. */
export function verdictEvents(
  before: Health,
  after: Health,
  reviews: Iterable<FailoverIPReview>,
  at: number,
): readonly FailoverEvent[] {
  return [...reviews].flatMap(({ failoverIP: { key }, home }): readonly FailoverEvent[] => {
    const verdict = home === undefined ? undefined : after.verdicts.get(home)
    if (verdict === undefined) return []
    const old = before.verdicts.get(verdict.node)?.verdict
    if (old === verdict.verdict) return []
    const base = { at, key, node: verdict.node, summary: verdict.message }
    const reason = reasonOf(old, verdict)
    return reason === undefined ? [] : [{ ...base, reason, type: reason === 'NodeDead' ? 'Warning' : 'Normal' }]
  })
}

function reasonOf(
  old: NodeVerdict['verdict'] | undefined,
  { verdict }: NodeVerdict,
): 'NodeDead' | 'NodeLeaving' | 'NodeRecovered' | undefined {
  switch (verdict) {
    case 'dead':
      return 'NodeDead'
    case 'leaving':
      return 'NodeLeaving'
    case 'healthy':
      return old === 'dead' ? 'NodeRecovered' : undefined
    case 'suspect':
    case 'unfit':
      return undefined
  }
}
