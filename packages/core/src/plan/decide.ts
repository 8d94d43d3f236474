import type { ServerReference } from '@failover-ip/provider'
import type { AddressStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { formatInstant } from '../domain/instant.ts'
import type { Assignment, Explanation } from '../placement/placement-result.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { MoveCause } from '../reconcile/failover-event.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { isSameServer } from '../snapshot/server-index.ts'
import { addressStatuses } from '../snapshot/unit-review.ts'
import { conditionsOf } from './conditions.ts'
import { decideDeletion } from './decide-deletion.ts'
import type { Decision, DecisionContext, ReadWish, Step, UnitChange } from './decision.ts'
import type { Hold } from './hold.ts'
import { eventsOf } from './decision-events.ts'
import { earliest } from './earliest.ts'
import { moveCause } from './move-cause.ts'
import { moveGate } from './move-gate.ts'
import { beginMove, confirmMove } from './move-record.ts'
import { commonNode, serversUnknown, settleUnit, type SettledUnit } from './settle-unit.ts'
import { draftStatus } from './status-draft.ts'

/**
 * What to do next for one FailoverIP: pure. What was read is taken into the record, then, if its units are not where
 * they belong and nothing holds them, an intent is written for each and one change per unit is sent.
 */
export function decide(
  review: FailoverIPReview,
  assignment: Assignment | undefined,
  context: DecisionContext,
): Decision {
  const { failoverIP } = review
  const units = review.units.map((unit) => settleUnit(unit, review, context))
  if (failoverIP.deleting) return decideDeletion(review, units, context)
  if (isFirstLook(review, context)) return waitForReads(failoverIP, units)

  const target = targetOf(review, assignment)
  const move = target === undefined ? noMove : planMove(review, units, target, context)
  const explanation = target === undefined ? context.explain() : undefined
  const records = units.map(({ review: { addresses, unit }, record }) => ({
    addresses,
    record: move.records.get(unit) ?? record,
  }))
  const addresses = addressStatuses(failoverIP, records)
  const open = addresses.find(({ operation }) => operation !== undefined)?.operation
  const settledAt = open === undefined ? commonNode(addresses) : undefined
  const hold = units.find((unit) => unit.hold !== undefined)?.hold ?? move.hold
  const conditions = conditionsOf({
    problem: unroutable(review),
    target: target?.node,
    unplaced: target === undefined ? unplaced(review, explanation) : undefined,
    settledAt,
    verdict: settledAt === undefined ? undefined : context.health.verdicts.get(settledAt),
    hold,
    moving: open === undefined ? undefined : { from: open.fromNode, to: open.toNode ?? 'nowhere' },
    paused: failoverIP.policy.paused,
    dryRun: context.dryRun,
  })
  const status = draftStatus(failoverIP, {
    addresses,
    conditions,
    assignment,
    plannedNode: hold?.reason === 'Paused' || hold?.reason === 'DryRun' ? target?.node : undefined,
    explanation,
    move: { ...move.begun, ...completed(review, units, settledAt, context) },
    health: context.health,
    now: context.now,
  })
  return {
    status,
    step: stepOf(review, units, move.changes, context),
    closed: units.flatMap(({ closed }) => closed ?? []),
    events: eventsOf(review, units, status, context.now),
    reads: [...units.flatMap(({ read }) => read ?? []), ...move.reads, ...readsAhead(review, context)],
    lookAgainAt: earliest([...units.flatMap((unit) => [unit.lookAgainAt, unit.hold?.until]), move.hold?.until]),
  }
}

/** After a restart nothing is read yet, and what is stored says more than could be said now. */
function isFirstLook({ failoverIP, servers, units }: FailoverIPReview, { health }: DecisionContext): boolean {
  const isAsking = health.verdicts.size > 0 && !servers.known && servers.failure === undefined
  const isUnread = units.some(({ reading }) => reading === undefined)
  return (isAsking || isUnread) && failoverIP.status.conditions !== undefined
}

function waitForReads({ status }: FailoverIPInput, units: readonly SettledUnit[]): Decision {
  const reads = units.flatMap(({ read }) => read ?? [])
  const lookAgainAt = earliest(units.map((unit) => unit.lookAgainAt))
  return { status, step: undefined, closed: [], events: [], reads, lookAgainAt }
}

/** While its node is suspect the units are read already, so that a move need not wait for it. */
function readsAhead({ home, units }: FailoverIPReview, { health }: DecisionContext): readonly ReadWish[] {
  const verdict = home === undefined ? undefined : health.verdicts.get(home)
  if (verdict?.verdict !== 'suspect') return []
  // Counted from the suspicion: a node that is suspect for long and shows life again and again is read once.
  const notBefore = verdict.since
  return units.flatMap(({ unit, reading }) =>
    reading !== undefined && reading.requestedAt >= notBefore ? [] : [{ unit, notBefore }],
  )
}

interface Target {
  readonly node: string
  readonly server: ServerReference
}

interface PlannedMove {
  readonly records: ReadonlyMap<string, AddressStatus>
  readonly changes: readonly UnitChange[]
  readonly begun: { readonly lastMove?: ReturnType<typeof beginMove> }
  readonly hold: Hold | undefined
  readonly reads: readonly ReadWish[]
}

const noMove: PlannedMove = { records: new Map(), changes: [], begun: {}, hold: undefined, reads: [] }

function targetOf(
  { servers, splitLocations }: FailoverIPReview,
  assignment: Assignment | undefined,
): Target | undefined {
  const node = splitLocations === undefined ? (assignment?.node ?? undefined) : undefined
  const server = node === undefined ? undefined : servers.serverOf(node)
  return node === undefined || server === undefined ? undefined : { node, server }
}

function planMove(
  review: FailoverIPReview,
  units: readonly SettledUnit[],
  target: Target,
  context: DecisionContext,
): PlannedMove {
  const misplaced = units.filter((unit) => unit.free && isMisplaced(unit, target.server))
  if (misplaced.length === 0) return noMove
  const { home } = review
  const from = misplaced.find(({ record }) => record.node !== undefined)?.record.node ?? home
  // Half a move has its target for home: why the rest follows is told by the node that it leaves.
  const isRest = home === target.node
  const left = isRest ? from : home
  const leftVerdict = left === undefined ? undefined : context.health.verdicts.get(left)
  const leftRejection = () => context.explain()?.rejections.find(({ node }) => node === left)?.code
  const cause = moveCause(misplaced, { left, isRest, leftVerdict, leftRejection })
  const gate = moveGate(review, misplaced, cause, context)
  if (!gate.open) return { ...noMove, hold: gate.hold, reads: gate.reads ?? [] }

  const replaced = misplaced.some(({ open }) => open) ? review.failoverIP.status.lastMove : undefined
  const { now, monotonic } = context
  const lastMove = beginMove(replaced, { cause, from, to: target.node, leftVerdict, now, monotonic })
  const intents = misplaced.slice(0, context.accountRoom.changes).map((unit) => intend(unit, target, cause, context))
  // The finalizer comes first; the intents are written once it is on.
  if (!review.failoverIP.protected) return noMove
  return {
    records: new Map(intents.map(({ unit, record }) => [unit, record])),
    changes: intents.map(({ unit, operation }) => ({ unit, operation, server: target.server })),
    begun: { lastMove },
    hold: undefined,
    reads: [],
  }
}

function isMisplaced({ record, takeFrom, open }: SettledUnit, server: ServerReference): boolean {
  if (open) return !isSameServer(record.operation?.to, server)
  return takeFrom !== undefined || !isSameServer(record.server, server)
}

function intend(unit: SettledUnit, target: Target, cause: MoveCause, context: DecisionContext) {
  const { record, review, takeFrom } = unit
  const read = review.reading?.observation
  const from = takeFrom !== undefined && read?.kind === 'found' ? (read.server ?? undefined) : record.server
  const epoch = record.epoch + 1
  const operation = {
    id: context.newOperationID(),
    kind: 'assign' as const,
    epoch,
    reason: cause,
    ...(from === undefined ? {} : { from }),
    to: target.server,
    ...(record.node === undefined ? {} : { fromNode: record.node }),
    toNode: target.node,
    startedAt: formatInstant(context.now),
    callTimeoutSeconds: defaults.changeDeadline / 1000,
  }
  return { unit: review.unit, operation, record: { ...record, epoch, operation } }
}

function stepOf(
  { failoverIP }: FailoverIPReview,
  units: readonly SettledUnit[],
  changes: readonly UnitChange[],
  { dryRun, draining }: DecisionContext,
): Step | undefined {
  if (!failoverIP.protected && !dryRun && !draining && !failoverIP.policy.paused) return { kind: 'protect' }
  if (changes.length > 0) return { kind: 'change', changes }
  const poll = units.find((unit) => unit.poll !== undefined)?.poll
  return poll === undefined ? undefined : { kind: 'poll', ...poll }
}

/** A move is complete when a read has shown the last of its units at its target. */
function completed(
  { failoverIP: { status } }: FailoverIPReview,
  units: readonly SettledUnit[],
  settledAt: string | undefined,
  { calls, now }: DecisionContext,
): ReturnType<typeof confirmMove> {
  const applied = units.flatMap(({ closed }) => (closed?.applied === true ? [closed.operation.id] : []))
  if (applied.length === 0 || settledAt === undefined || settledAt !== status.lastMove?.to) return {}
  const accepted = applied.flatMap((id) => calls.get(id)?.acceptedAt ?? [])
  return confirmMove(status, accepted.length === 0 ? undefined : Math.max(...accepted), now, defaults.moveInterval)
}

/** The other addresses are served all the same. */
function unroutable({ failoverIP, account, units }: FailoverIPReview): Pick<Hold, 'reason' | 'message'> | undefined {
  const routed = new Set(units.flatMap(({ addresses }) => addresses))
  const others = failoverIP.addresses.filter((address) => !routed.has(address))
  if (others.length === 0) return undefined
  return { reason: 'InvalidSpec', message: `${account.provider} cannot route ${others.join(', ')}.` }
}

function unplaced(review: FailoverIPReview, explanation: Explanation | undefined): Pick<Hold, 'reason' | 'message'> {
  const { splitLocations } = review
  if (splitLocations !== undefined) {
    return { reason: 'NoFitNode', message: `Its addresses lie in ${splitLocations.join(' and ')}; no node has both.` }
  }
  const unknown = serversUnknown(review)
  if (unknown !== undefined) return unknown
  const rejections = explanation?.rejections ?? []
  if (rejections.length === 0) return { reason: 'NoNodes', message: 'There is no node.' }
  const shown = rejections.slice(0, 10).map(({ node, message }) => `${node}: ${message}`)
  const more = rejections.length > shown.length ? ` (and ${rejections.length - shown.length} more)` : ''
  return { reason: 'NoFitNode', message: `No node may have it. ${shown.join(' ')}${more}` }
}
