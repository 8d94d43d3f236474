import type { NodeVerdict } from '../health/verdict.ts'
import type { RejectionCode } from '../placement/placement-result.ts'
import type { MoveCause } from '../reconcile/failover-event.ts'
import type { SettledUnit } from './settle-unit.ts'

export interface MoveCauseFacts {
  readonly home: string | undefined
  readonly target: string
  readonly homeVerdict: NodeVerdict | undefined
  /** Why the home was not chosen. */
  readonly homeRejection: () => RejectionCode | undefined
}

/** Rules that no node may break: a home that breaks one has to be left. */
const hardRules: readonly RejectionCode[] = [
  'NoServer',
  'WrongLocation',
  'SelectorMismatch',
  'TaintNotTolerated',
  'NoFreeSlot',
  'RefusedByProvider',
]

/** Why the units go to the target. */
export function moveCause(units: readonly SettledUnit[], facts: MoveCauseFacts): MoveCause {
  const { home, target, homeVerdict } = facts
  if (units.some(({ takeFrom }) => takeFrom === 'foreign')) return 'TakenOver'
  if (units.some(({ takeFrom }) => takeFrom === 'drift')) return 'DriftReverted'
  if (units.every(({ record }) => record.server === undefined)) return home === target ? 'Gathered' : 'Unassigned'
  if (home === target) return 'Gathered'
  if (home === undefined) return 'NodeGone'
  switch (homeVerdict?.verdict) {
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
      const rejection = facts.homeRejection()
      return rejection === undefined || hardRules.includes(rejection) ? 'NotEligible' : 'Rebalanced'
    }
  }
}

/** Moves that are no escape: they wait for `nextMoveNotBefore`. */
export function isOptional(cause: MoveCause): boolean {
  return cause === 'NodeUnfit' || cause === 'Rebalanced' || cause === 'Preempted'
}
