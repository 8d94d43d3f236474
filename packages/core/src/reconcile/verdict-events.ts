import type { Health, NodeVerdict } from '../health/verdict.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { defaults } from './defaults.ts'
import type { FailoverEvent } from './failover-event.ts'

export interface VerdictChange {
  readonly before: Health
  readonly after: Health
  /** Unix and local monotonic milliseconds. */
  readonly now: number
  readonly monotonic: number
}

/** Told of every FailoverIP whose node has got another verdict that matters, with the evidence for it. */
export function verdictEvents(change: VerdictChange, reviews: Iterable<FailoverIPReview>): readonly FailoverEvent[] {
  const { before, after, now: at, monotonic } = change
  return [...reviews].flatMap(({ failoverIP: { key }, home: node }): readonly FailoverEvent[] => {
    const verdict = node === undefined ? undefined : after.verdicts.get(node)
    if (node === undefined || verdict === undefined) return []
    const reason = reasonOf(before.verdicts.get(node), verdict, change)
    if (reason === undefined) return []
    const type = reason === 'NodeLeaving' || reason === 'NodeRecovered' ? 'Normal' : 'Warning'
    return [{ at, key, node, reason, type, summary: summaryOf(verdict, monotonic) }]
  })
}

/** When a doubt has lasted so long that people are to know of it; local monotonic milliseconds. */
export function doubtsDueAt({ verdicts }: Health): readonly number[] {
  return [...verdicts.values()].flatMap((verdict) =>
    verdict.verdict === 'suspect' ? [verdict.since + defaults.doubtfulFor] : [],
  )
}

type VerdictEventReason = 'NodeDead' | 'NodeUnfit' | 'NodeLeaving' | 'NodeSuspect' | 'NodeRecovered'

function reasonOf(
  old: NodeVerdict | undefined,
  { verdict, since }: NodeVerdict,
  { before, monotonic }: VerdictChange,
): VerdictEventReason | undefined {
  const isNew = old?.verdict !== verdict
  switch (verdict) {
    case 'dead':
      return isNew ? 'NodeDead' : undefined
    case 'unfit':
      return isNew ? 'NodeUnfit' : undefined
    case 'leaving':
      return isNew ? 'NodeLeaving' : undefined
    case 'healthy':
      return old?.verdict === 'dead' ? 'NodeRecovered' : undefined
    case 'suspect': {
      // One lost packet more or less is nobody's business.
      const tellAt = since + defaults.doubtfulFor
      return monotonic >= tellAt && (isNew || before.at < tellAt) ? 'NodeSuspect' : undefined
    }
  }
}

function summaryOf({ verdict, message, lastAliveAt }: NodeVerdict, monotonic: number): string {
  if (verdict === 'suspect') return `${message}; it keeps what it has until that is clear`
  if (verdict !== 'dead' || lastAliveAt === undefined) return message
  return `${message}; last sign of life ${(Math.max(0, monotonic - lastAliveAt) / 1000).toFixed(1)}s ago`
}
