import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { FailoverEvent } from '../reconcile/failover-event.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { causeOf } from './move-cause.ts'
import { describeMove, movePhases } from './move-record.ts'
import type { SettledUnit } from './settle-unit.ts'

/** What is told once the status is stored: the difference between the stored status and the new one, in words. */
export function eventsOf(
  { failoverIP }: FailoverIPReview,
  units: readonly SettledUnit[],
  next: FailoverIPStatus,
  at: number,
): readonly FailoverEvent[] {
  const base = { at, key: failoverIP.key }
  return [
    ...units.flatMap((unit) => unitEvents(unit, base)),
    ...moveEvents(failoverIP.status, next, base),
    ...readyEvents(failoverIP.status, next, base),
  ]
}

interface Base {
  readonly at: number
  readonly key: string
}

function unitEvents({ happened, record, review }: SettledUnit, base: Base): readonly FailoverEvent[] {
  if (happened === 'adopted' && record.node !== undefined) {
    const summary = `${review.unit} is on ${record.node} already; adopted without a move`
    return [{ ...base, type: 'Normal', reason: 'Adopted', node: record.node, summary }]
  }
  if (happened === 'drifted') {
    const [from, to] = [review.record.node ?? null, record.node ?? null]
    const summary = `${review.unit} was moved from ${from ?? 'nowhere'} to ${to ?? 'nowhere'} by somebody else`
    return [{ ...base, type: 'Warning', reason: 'Drifted', from, to, summary }]
  }
  return []
}

function moveEvents(before: FailoverIPStatus, next: FailoverIPStatus, base: Base): readonly FailoverEvent[] {
  const move = next.lastMove
  if (move === undefined) return []
  const common = { ...base, type: 'Normal' as const, from: move.from ?? null, to: move.to, cause: causeOf(move.reason) }
  if (move.confirmedAt !== undefined && before.lastMove?.confirmedAt !== move.confirmedAt) {
    return [{ ...common, reason: 'Moved', phases: movePhases(move), summary: describeMove(move) }]
  }
  if (move.confirmedAt === undefined && before.lastMove?.decidedAt !== move.decidedAt) {
    return [{ ...common, reason: 'Moving', summary: `${move.from ?? 'nowhere'} -> ${move.to}: ${move.reason}` }]
  }
  return []
}

function readyEvents(before: FailoverIPStatus, next: FailoverIPStatus, base: Base): readonly FailoverEvent[] {
  const [old, now] = [before, next].map((status) => status.conditions?.find(({ type }) => type === 'Ready'))
  if (now === undefined || (old?.reason === now.reason && old.status === now.status)) return []
  if (now.status === 'True') {
    const wasTrouble = old !== undefined && old.status === 'False' && !isPassing(old.reason)
    if (!wasTrouble) return []
    return [{ ...base, type: 'Normal', reason: 'Serving', problem: old.reason, summary: now.message }]
  }
  if (isPassing(now.reason)) return []
  return [
    { ...base, type: 'Warning', reason: 'Problem', problem: now.reason, summary: `${now.reason}: ${now.message}` },
  ]
}

function isPassing(reason: string): boolean {
  return (
    reason === 'Moving' || reason === 'Pending' || reason === 'Busy' || reason === 'Unsettled' || reason === 'Deleting'
  )
}
