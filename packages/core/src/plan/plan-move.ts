import type { AddressStatus, MoveRecord } from '../domain/failover-ip.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { isSameServer } from '../snapshot/server-index.ts'
import type { DecisionContext, ReadWish, UnitChange } from './decision.ts'
import type { Hold } from './hold.ts'
import { holderOf, intendAssign, intendRelease, type Intent } from './intend.ts'
import { causeOf, moveCause } from './move-cause.ts'
import { moveGate } from './move-gate.ts'
import { beginMove } from './move-record.ts'
import { serverTurn } from './server-turns.ts'
import type { SettledUnit } from './settle-unit.ts'
import type { Target } from './target.ts'

export interface PlannedMove {
  readonly records: ReadonlyMap<string, AddressStatus>
  readonly changes: readonly UnitChange[]
  readonly begun: { readonly lastMove?: ReturnType<typeof beginMove> }
  readonly hold: Hold | undefined
  readonly reads: readonly ReadWish[]
  /** So many changes would be sent, if there were a free slot. */
  readonly awaitsSlot: number
  /** It is released with this: for whom. */
  readonly givesWayTo?: string
  readonly lookAgainAt?: number
}

export const noMove: PlannedMove = {
  records: new Map(),
  changes: [],
  begun: {},
  hold: undefined,
  reads: [],
  awaitsSlot: 0,
}

/** Intents for the units that are not at the target, unless something holds them. */
export function planMove(
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
  const second = afterRelease(review, units, target)
  const cause =
    second === undefined ? moveCause(misplaced, { left, isRest, leftVerdict, leftRejection }) : causeOf(second.reason)
  const releaseFirst = review.account.capabilities.move === 'releaseFirst'
  const nextServer = (unit: SettledUnit): Target['server'] =>
    (releaseFirst && !unit.open ? holderOf(unit) : undefined) ?? target.server
  const turn = serverTurn(misplaced, nextServer, review, units, context)
  const gate = moveGate(review, turn, cause, context)
  if (!gate.open) return { ...noMove, hold: gate.hold, reads: gate.reads ?? [] }
  const full = noSlot(review, target, context)
  if (full !== undefined)
    return { ...noMove, hold: full, awaitsSlot: context.slot.waitsFor.length > 0 ? misplaced.length : 0 }
  // The finalizer comes first; the intents are written once it is on.
  if (!review.failoverIP.protected) return noMove

  const replaced = second ?? (misplaced.some(({ open }) => open) ? review.failoverIP.status.lastMove : undefined)
  const { now, monotonic } = context
  const lastMove = beginMove(replaced, { cause, from, to: target.node, leftVerdict, now, monotonic })
  const intents = turn.units.slice(0, context.accountRoom.changes).flatMap((unit) => {
    const released = releaseFirst && !unit.open ? intendRelease(unit, cause, context, target.node) : []
    return released.length > 0 ? released : [intendAssign(unit, target, cause, context)]
  })
  return { ...noMove, ...sent(intents), begun: { lastMove } }
}

/** Intents to take the units from where they are, since one of higher priority needs the slot, or a ring of them does. */
export function planRelease(
  review: FailoverIPReview,
  units: readonly SettledUnit[],
  target: Target | undefined,
  context: DecisionContext & { readonly slot: { readonly givesWayTo: string } },
): PlannedMove {
  const held = units.filter(({ free, open, record }) => free && !open && record.server !== undefined)
  if (held.length === 0 || held.length < units.filter(({ record }) => record.server !== undefined).length) return noMove
  const turn = serverTurn(held, holderOf, review, units, context)
  const gate = moveGate(review, turn, 'Preempted', context)
  if (!gate.open) {
    const { until } = gate.hold
    return { ...noMove, reads: gate.reads ?? [], ...(until === undefined ? {} : { lookAgainAt: until }) }
  }
  // All or none: half a FailoverIP serves nobody.
  if (!review.failoverIP.protected || held.length > context.accountRoom.changes) return noMove
  const intents = turn.units.flatMap((unit) => intendRelease(unit, 'Preempted', context, target?.node))
  return { ...noMove, ...sent(intents), givesWayTo: context.slot.givesWayTo }
}

function sent(intents: readonly Intent[]): Pick<PlannedMove, 'records' | 'changes'> {
  return {
    records: new Map(intents.map(({ unit, record }) => [unit, record])),
    changes: intents.map(({ unit, operation, server }) => ({ unit, operation, server })),
  }
}

function isMisplaced({ record, takeFrom, open }: SettledUnit, server: Target['server']): boolean {
  if (open) return !isSameServer(record.operation?.to, server)
  return takeFrom !== undefined || !isSameServer(record.server, server)
}

/** Why the target has no slot for it yet. */
function noSlot({ account }: FailoverIPReview, { node }: Target, { slot }: DecisionContext): Hold | undefined {
  const hold = (message: string): Hold => ({ reason: 'NoFreeSlot', message, until: undefined })
  if (slot.barredBy !== undefined) {
    return hold(`${node} is full, and ${account.provider} cannot take ${slot.barredBy}, which matters less, from it.`)
  }
  const [first, ...others] = slot.waitsFor
  if (first === undefined) return undefined
  const more = others.length === 0 ? '' : ` or ${others.length} more`
  return hold(`${node} is full until ${first}${more} has left it.`)
}

/** The move whose first half, the release, is done: where a unit cannot go from one server to another directly. */
function afterRelease(
  { account, failoverIP: { status } }: FailoverIPReview,
  units: readonly SettledUnit[],
  { node }: Target,
): MoveRecord | undefined {
  const { lastMove } = status
  if (account.capabilities.move !== 'releaseFirst' || lastMove?.to !== node) return undefined
  if (lastMove.confirmedAt !== undefined) return undefined
  return units.every(({ record, open }) => !open && record.server === undefined) ? lastMove : undefined
}
