import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { FailoverEvent } from '../reconcile/failover-event.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { causeOf } from './move-cause.ts'
import { describeMove, movePhases } from './move-record.ts'
import type { SettledUnit } from './settle-unit.ts'

/** What is told of one that cannot be handled: its problem, once. That of its class is told of the class. */
export function problemEvents(
  failoverIP: FailoverIPInput,
  next: FailoverIPStatus,
  at: number,
): readonly FailoverEvent[] {
  const { key, problem, status } = failoverIP
  const base = { at, key }
  const told = problem?.reason === 'ClassNotAccepted' ? [] : readyEvents(status, next, base)
  return [...told, ...warningEvents(failoverIP, next, base)]
}

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
    ...warningEvents(failoverIP, next, base),
    ...besidesEvents(failoverIP.status, next, base),
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
  const { configured: seconds } = movePhases(move)
  if (seconds !== undefined && before.lastMove?.configuredAt !== move.configuredAt) {
    const summary = `${move.to} carries it, ${seconds.toFixed(1)}s after the move`
    return [{ ...base, type: 'Normal', reason: 'Configured', node: move.to, seconds, summary }]
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
    if (old === undefined || isPassing(old.reason)) return []
    if (old.status !== 'False' && (now.reason !== 'Serving' || quiet.includes(old.reason))) return []
    return [{ ...base, type: 'Normal', reason: 'Serving', problem: old.reason, summary: now.message }]
  }
  if (isPassing(now.reason)) return []
  return [
    { ...base, type: 'Warning', reason: 'Problem', problem: now.reason, summary: `${now.reason}: ${now.message}` },
  ]
}

/** What is wrong though it is served: told once, when `Ready` begins to say it, whatever else that says. */
function warningEvents(
  { status: before, warning }: FailoverIPInput,
  next: FailoverIPStatus,
  base: Base,
): readonly FailoverEvent[] {
  if (warning === undefined || isPassing(warning.reason)) return []
  const { reason, message } = warning
  const [wasSaid, isSaid] = [before, next].map(
    ({ conditions }) => conditions?.some((each) => each.type === 'Ready' && each.message.includes(message)) === true,
  )
  if (wasSaid === true || isSaid !== true) return []
  return [{ ...base, type: 'Warning', reason: 'Problem', problem: reason, summary: `${reason}: ${message}` }]
}

/** A node that cannot carry an address is no reason to move, and one to tell somebody; so is a Service that shows none. */
function besidesEvents(before: FailoverIPStatus, next: FailoverIPStatus, base: Base): readonly FailoverEvent[] {
  const ready = next.conditions?.find(({ type }) => type === 'Ready')
  return (['Configured', 'Published'] as const).flatMap((name): readonly FailoverEvent[] => {
    const [old, now] = [before, next].map((status) => status.conditions?.find(({ type }) => type === name))
    if (now?.status !== 'False' || old?.reason === now.reason || isPassing(now.reason)) return []
    // What Ready tells is not told again.
    if (now.reason === ready?.reason || quiet.includes(now.reason)) return []
    return [
      { ...base, type: 'Warning', reason: 'Problem', problem: now.reason, summary: `${now.reason}: ${now.message}` },
    ]
  })
}

/** Passing for `Configured`, and as asked for `Published` and `Ready`. */
const quiet: readonly string[] = ['Configuring', 'Paused', 'DryRun']

function isPassing(reason: string): boolean {
  return (
    reason === 'Moving' || reason === 'Pending' || reason === 'Busy' || reason === 'Unsettled' || reason === 'Deleting'
  )
}
