import type { Claim } from './claim.ts'
import { type Target, worstPenalty } from './target.ts'

/**
 * What it costs to have a claim at a target, in two numbers that are compared one after the other, each of which packs
 * two levels: `major` is moves, then penalty; `minor` is places away from home, then load. Sums along any path through
 * the targets stay exact whole numbers below 2^53 for 100 000 claims on 10 000 targets.
 */
export interface CostModel {
  major(claim: Claim, target: number): number
  minor(claim: Claim, target: number): number
}

export const nowhere = -1

export function createCostModel(targets: readonly Target[], claims: number): CostModel {
  const oneMove = 4 * worstPenalty * (targets.length + 2)
  const onePlaceAway = 4 * (claims + 2)
  return {
    major: (claim, target) =>
      (isMove(claim, target, targets) ? oneMove : 0) + (target === nowhere ? 0 : (targets[target]?.penalty ?? 0)),
    minor: (claim, target) => (claim.home !== nowhere && target !== claim.home ? onePlaceAway : 0),
  }
}

/** Leaving a home counts, unless for a better standing: a dying home is left freely, but never for another such or for nowhere. */
function isMove(claim: Claim, target: number, targets: readonly Target[]): boolean {
  const home = targets[claim.home]
  if (home === undefined || target === claim.home) return false
  const other = targets[target]
  return other === undefined || other.standing >= home.standing
}
