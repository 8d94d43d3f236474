import type { Claim } from './claim.ts'
import { tieBreak } from './order.ts'
import type { Solution } from './solution.ts'

/**
 * The levels on which two targets are compared for one claim alone, all others staying: lower is better, the first
 * difference decides. `load` is what it would be with the claim there.
 */
export interface Preference {
  readonly standing: number
  readonly penalty: number
  readonly away: number
  readonly load: number
  readonly rank: number
}

const levels = ['standing', 'penalty', 'away', 'load', 'rank'] as const

export function preferenceFor(solution: Solution, claim: Claim, index: number): Preference {
  const target = solution.targets[index]
  if (target === undefined) throw new RangeError(`no target ${index}`)
  return {
    standing: target.standing,
    penalty: target.penalty,
    away: claim.home === index ? 0 : 1,
    load: solution.loadOf(index) + (solution.targetOf(claim) === index ? 0 : 1),
    rank: tieBreak(claim.hash, target.hash),
  }
}

/** The first level on which they differ. */
export function firstDifference(a: Preference, b: Preference): keyof Preference | undefined {
  return levels.find((level) => a[level] !== b[level])
}

export function comparePreferences(a: Preference, b: Preference): number {
  const level = firstDifference(a, b)
  return level === undefined ? 0 : a[level] - b[level]
}
