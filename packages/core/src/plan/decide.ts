import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { Assignment, Explanation, Rejection } from '../placement/placement-result.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import type { ServerIndex } from '../snapshot/server-index.ts'
import { addressStatuses } from '../snapshot/unit-review.ts'
import { conditionsOf, isUnanswered } from './conditions.ts'
import { configuredOf, markConfigured, patienceLeft } from './configured.ts'
import { decideDeletion } from './decide-deletion.ts'
import type { Decision, DecisionContext, ReadWish, Step, UnitChange } from './decision.ts'
import type { Hold } from './hold.ts'
import { eventsOf } from './decision-events.ts'
import { earliest } from './earliest.ts'
import { confirmMove } from './move-record.ts'
import { withNodePlans } from './node-plans.ts'
import { placedMessage } from './placed-message.ts'
import { noMove, planMove, planRelease, type PlannedMove } from './plan-move.ts'
import { commonNode, serversUnknown, settleUnit, type SettledUnit } from './settle-unit.ts'
import { draftStatus } from './status-draft.ts'
import { targetOf, type Target } from './target.ts'

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

  const target = targetOf(review, assignment, context.health)
  const move = moveOf(review, units, target, context)
  const isDead = target !== undefined && context.health.verdicts.get(target.node)?.verdict === 'dead'
  const isExplained = isDead || (target === undefined && !isBlind(review))
  const explanation = isExplained ? context.explain() : undefined
  const records = units.map(({ review: { addresses, unit }, record }) => ({
    addresses,
    record: move.records.get(unit) ?? record,
  }))
  const addresses = withNodePlans(addressStatuses(failoverIP, records), review, context)
  const open = addresses.find(({ operation }) => operation !== undefined)?.operation
  const settledAt = open === undefined ? commonNode(addresses) : undefined
  const unitHold = units.find((unit) => unit.hold !== undefined)?.hold
  const hold = unitHold ?? move.hold
  const conditions = conditionsOf({
    problem: unroutable(review),
    target: target?.node,
    placed: target === undefined ? undefined : placedOn(target, failoverIP, assignment, context),
    unplaced:
      target === undefined ? (displaced(review, units, move) ?? unplaced(review, explanation, context)) : undefined,
    settledAt,
    elsewhere: isDead ? rejected(explanation?.rejections ?? [], review.servers) : undefined,
    verdict: settledAt === undefined ? undefined : context.health.verdicts.get(settledAt),
    hold,
    unread: unitHold !== undefined && isUnanswered(unitHold.reason),
    moving: open?.toNode === undefined ? undefined : { from: open.fromNode, to: open.toNode },
    paused: failoverIP.policy.paused,
    dryRun: context.dryRun,
  })
  const configured = configuredOf(review, {
    addresses,
    settledAt,
    goesTo: open?.kind === 'assign' ? open.toNode : undefined,
    nodes: context.nodesByName,
    dryRun: context.dryRun,
    now: context.now,
  })
  const moved = { ...move.begun, ...completed(review, units, settledAt, context) }
  const lastMove = markConfigured(moved.lastMove ?? failoverIP.status.lastMove, configured, settledAt, context.now)
  const status = draftStatus(failoverIP, {
    addresses,
    conditions: configured === undefined ? conditions : [...conditions, configured],
    assignment,
    plannedNode: hold?.reason === 'Paused' || hold?.reason === 'DryRun' ? target?.node : undefined,
    explanation,
    move: { ...moved, ...(lastMove === undefined ? {} : { lastMove }) },
    health: context.health,
    now: context.now,
  })
  const patience = patienceLeft(status, context.now)
  return {
    status,
    step: stepOf(review, units, move.changes, context),
    closed: units.flatMap(({ closed }) => closed ?? []),
    events: eventsOf(review, units, status, context.now),
    reads: [...units.flatMap(({ read }) => read ?? []), ...move.reads, ...readsAhead(review, context)],
    lookAgainAt: earliest([
      ...units.flatMap((unit) => [unit.lookAgainAt, unit.hold?.until]),
      move.hold?.until,
      move.lookAgainAt,
      patience === undefined ? undefined : context.monotonic + patience,
    ]),
    awaitsSlot: move.awaitsSlot,
  }
}

function moveOf(
  review: FailoverIPReview,
  units: readonly SettledUnit[],
  target: Target | undefined,
  context: DecisionContext,
): PlannedMove {
  const { slot } = context
  const { givesWayTo } = slot
  if (givesWayTo !== undefined) return planRelease(review, units, target, { ...context, slot: { ...slot, givesWayTo } })
  return target === undefined ? noMove : planMove(review, units, target, context)
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
    reading !== undefined && reading.requestedAt >= notBefore ? [] : [{ unit, notBefore, urgent: true }],
  )
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

/** For as long as it has no place, it is said to whom it gave its slot. */
function displaced(
  { failoverIP }: FailoverIPReview,
  units: readonly SettledUnit[],
  { givesWayTo }: PlannedMove,
): Pick<Hold, 'reason' | 'message'> | undefined {
  if (givesWayTo !== undefined) {
    return { reason: 'Preempted', message: `It gave its slot to ${givesWayTo}, which has a higher priority.` }
  }
  const placed = failoverIP.status.conditions?.find(({ type }) => type === 'Placed')
  const isAway = units.every(({ record }) => record.server === undefined || record.operation?.kind === 'release')
  return placed?.reason === 'Preempted' && isAway ? { reason: 'Preempted', message: placed.message } : undefined
}

function placedOn(
  { node }: Target,
  failoverIP: FailoverIPInput,
  assignment: Assignment | undefined,
  { remarkOn }: DecisionContext,
): string {
  return placedMessage(failoverIP, node, assignment?.level ?? 'none', remarkOn(failoverIP))
}

function unplaced(
  review: FailoverIPReview,
  explanation: Explanation | undefined,
  { health }: DecisionContext,
): Pick<Hold, 'reason' | 'message'> {
  const { splitLocations, servers } = review
  if (splitLocations !== undefined) {
    return { reason: 'NoFitNode', message: `Its addresses lie in ${splitLocations.join(' and ')}; no node has both.` }
  }
  const unknown = isBlind(review) ? serversUnknown(review) : undefined
  if (unknown !== undefined) return unknown
  const rejections = explanation?.rejections ?? []
  if (health.verdicts.size === 0) return { reason: 'NoNodes', message: 'There is no node.' }
  const refused = rejections.find(({ code }) => code === 'SpreadUndecidable')
  if (refused !== undefined) return { reason: 'SpreadUndecidable', message: refused.message }
  const chosen = explanation?.assignment.node ?? undefined
  const dead = chosen === undefined ? undefined : health.verdicts.get(chosen)
  const all = [...(dead === undefined ? [] : [dead]), ...rejections]
  return { reason: 'NoFitNode', message: `No node may have it. ${rejected(all, servers)}` }
}

function rejected(all: readonly Pick<Rejection, 'node' | 'message'>[], servers: ServerIndex): string {
  const shown = all.slice(0, 10).map(({ node, message }) => withNode(node, serverProblem(servers, node) ?? message))
  const more = all.length > shown.length ? ` (and ${all.length - shown.length} more)` : ''
  return `${shown.join(' ')}${more}`
}

/** Names the node where the message does not. */
function withNode(node: string, message: string): string {
  const words = message.split(/[\s,:;]+|\.(?=\s|$)/)
  return words.includes(node) ? message : `${node}: ${message}`
}

/** The account was asked in vain which node is which server: nothing can be said against any of them. */
function isBlind(review: FailoverIPReview): boolean {
  const matches = [...review.servers.matches.values()]
  return serversUnknown(review) !== undefined && matches.every(({ kind }) => kind === 'unknown')
}

/** The provider knows what to do about a node that is none of its servers, or that it could not be asked about. */
function serverProblem({ matches }: ServerIndex, node: string): string | undefined {
  const match = matches.get(node)
  if (match === undefined) return 'It was not asked yet which server it is.'
  return match.kind === 'matched' ? undefined : match.message
}
