import type { Claim } from './claim.ts'
import { nowhere, type Target, worstPenalty } from './target.ts'

/**
 * What it costs to have a claim at a target, in two numbers that are compared one after the other, each of which packs
 * two levels: `major` is moves, then penalty; `minor` is places away from home, then load. Sums along any path through
 * the targets stay exact whole numbers below 2^53 for 100 000 claims on 10 000 targets.
 */
export interface CostModel {
  major(claim: Claim, target: number): number
  minor(claim: Claim, target: number): number
}

export function createCostModel(targets: readonly Target[], claims: number): CostModel {
  const oneMove = 4 * worstPenalty * (targets.length + 2)
  const onePlaceAway = 4 * (claims + 2)
  const standings = Uint8Array.from(targets, ({ standing }) => standing)
  const penalties = Float64Array.from(targets, ({ penalty }) => penalty)

  /** Leaving a home counts, unless for a better standing: who must go goes freely, but not from bad to bad or to nowhere. */
  const isMove = ({ home, item }: Claim, target: number): boolean => {
    if (home === nowhere || target === home) return false
    const atHome = item.homeHeld === true ? 0 : (standings[home] ?? 0)
    return target === nowhere || (standings[target] ?? 0) >= atHome
  }
  return {
    major(claim, target) {
      const penalty = target === nowhere ? 0 : (penalties[target] ?? 0)
      return isMove(claim, target) ? oneMove + penalty : penalty
    },
    minor(claim, target) {
      return claim.home !== nowhere && target !== claim.home ? onePlaceAway : 0
    },
  }
}
