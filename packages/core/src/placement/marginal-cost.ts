import type { Branch, Flow } from './flow.ts'

/*
 * What the item number `nth` (from 0) of a branch costs at a target. Those at home there come first, for they cost
 * least: so the cost of one more never falls, which is what makes exchanges lead to the best.
 */

/** In the cost model's `high`. */
export function highCost({ costs }: Flow, branch: Branch, target: number, nth: number): number {
  const fit = branch.fitHomes[target] ?? 0
  if (nth < fit) return (costs.health[target] ?? 0) - costs.move
  if (nth < fit + (branch.looseHomes[target] ?? 0)) return costs.healthAtHome[target] ?? 0
  return costs.health[target] ?? 0
}

/** In the cost model's `low`, load apart. */
export function lowCost({ costs, targets }: Flow, branch: Branch, target: number, nth: number): number {
  const fit = branch.fitHomes[target] ?? 0
  const aversion = branch.aversion[target] ?? 0
  if (nth < fit) return aversion - costs.away
  if (nth >= fit + (branch.looseHomes[target] ?? 0)) return aversion
  // An unfit home is left for a fit node alone, not for another that is liked better.
  return targets[target]?.standing === 0 ? aversion - costs.away : -costs.away
}

/** In `low`: what one more item, whosever, adds to the cost of the load. */
export function loadCost({ costs, loads }: Flow, target: number): number {
  return (costs.loadWeights[target] ?? 0) * (2 * (loads[target] ?? 0) + 1)
}
