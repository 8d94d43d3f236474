import type { NodeVerdict } from '../health/verdict.ts'
import type { RejectionCode } from '../placement/placement-result.ts'
import type { MoveCause } from '../reconcile/failover-event.ts'
import type { SettledUnit } from './settle-unit.ts'

export interface MoveCauseFacts {
  /** The node that the units leave. */
  readonly left: string | undefined
  readonly leftVerdict: NodeVerdict | undefined
  /** Why that node was not chosen. */
  readonly leftRejection: () => RejectionCode | undefined
  /** The others are at the target already, or on their way to it. */
  readonly isRest: boolean
}

/** Rules that no node may break: a home that breaks one has to be left. */
const hardRules: readonly RejectionCode[] = [
  'NoServer',
  'WrongLocation',
  'SelectorMismatch',
  'TaintNotTolerated',
  'RefusedByProvider',
  'SpreadPerNode',
  'SpreadPerZone',
]

/** Why the units go to the target. */
export function moveCause(units: readonly SettledUnit[], facts: MoveCauseFacts): MoveCause {
  const { left, leftVerdict, isRest } = facts
  if (units.some(({ takeFrom }) => takeFrom === 'foreign')) return 'TakenOver'
  if (units.some(({ takeFrom }) => takeFrom === 'drift')) return 'DriftReverted'
  if (units.every(({ record }) => record.server === undefined)) return 'Unassigned'
  if (left === undefined) return isRest ? 'Gathered' : 'NodeGone'
  switch (leftVerdict?.verdict) {
    case undefined:
      return 'NodeGone'
    case 'dead':
      return 'NodeDead'
    case 'leaving':
      return 'NodeLeaving'
    case 'unfit':
      return 'NodeUnfit'
    case 'healthy':
    case 'suspect': {
      if (isRest) return 'Gathered'
      const rejection = facts.leftRejection()
      if (rejection === 'NoFreeSlot') return 'Preempted'
      return rejection === undefined || hardRules.includes(rejection) ? 'NotEligible' : 'Rebalanced'
    }
  }
}

/** Moves that are no escape: they wait for `nextMoveNotBefore`. One that makes room does not: another one waits for it. */
export function isOptional(cause: MoveCause): boolean {
  return cause === 'NodeUnfit' || cause === 'Rebalanced'
}

const causes: Readonly<Record<MoveCause, true>> = {
  Unassigned: true,
  NodeDead: true,
  NodeLeaving: true,
  NodeUnfit: true,
  NodeGone: true,
  NotEligible: true,
  Preempted: true,
  Rebalanced: true,
  DriftReverted: true,
  TakenOver: true,
  Gathered: true,
}

/** A stored reason that this version does not know counts as `Unassigned`. */
export function causeOf(reason: string): MoveCause {
  return isCause(reason) ? reason : 'Unassigned'
}

function isCause(reason: string): reason is MoveCause {
  return Object.hasOwn(causes, reason)
}
