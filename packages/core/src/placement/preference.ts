import type { Claim } from './claim.ts'
import { tieBreak } from './order.ts'
import type { DecidingLevel } from './placement-result.ts'
import type { Solution } from './solution.ts'
import { worstPenalty } from './target.ts'

/** In the order in which they decide. */
export const preferenceLevels: readonly DecidingLevel[] = ['health', 'home', 'load', 'hash']

/**
 * How much better the target `a` is than the target `b` for one claim alone, all others staying: the first level on
 * which they differ, as an index of `preferenceLevels`, and a difference on it that is negative when `a` is better.
 */
export function comparePreference(
  solution: Solution,
  claim: Claim,
  a: number,
  b: number,
): { readonly level: number; readonly difference: number } {
  let level = 0
  let difference = healthOf(solution, a) - healthOf(solution, b)
  if (difference === 0) {
    level = 1
    difference = Number(claim.home === b) - Number(claim.home === a)
  }
  if (difference === 0) {
    level = 2
    difference = loadWith(solution, claim, a) - loadWith(solution, claim, b)
  }
  if (difference === 0) {
    level = 3
    difference = rankOf(solution, claim, a) - rankOf(solution, claim, b)
  }
  return { level, difference }
}

function healthOf({ targets }: Solution, target: number): number {
  const one = targets[target]
  return one === undefined ? Number.POSITIVE_INFINITY : one.standing * (worstPenalty + 1) + one.penalty
}

/** The load that the target would have with the claim. */
function loadWith(solution: Solution, claim: Claim, target: number): number {
  return solution.loadOf(target) + (solution.targetOf(claim) === target ? 0 : 1)
}

function rankOf({ targets }: Solution, claim: Claim, target: number): number {
  return tieBreak(claim.hash, targets[target]?.hash ?? 0)
}
