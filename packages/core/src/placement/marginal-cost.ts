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
  return branch.high[target] ?? 0
}

/** In the cost model's `low`, load apart. */
export function lowCost({ costs }: Flow, branch: Branch, target: number, nth: number): number {
  const fit = branch.fitHomes[target] ?? 0
  const aversion = branch.aversion[target] ?? 0
  if (nth < fit) return aversion - costs.away
  if (nth >= fit + (branch.looseHomes[target] ?? 0)) return aversion
  // An unfit home is left for a fit node alone, not for another that is liked better.
  return -costs.away
}

/** In `low`: what one more item, whosever, adds to the cost of the load once so many `more` have come; -1: the last there is. */
export function loadCost({ costs, loads, servers, baseLoads }: Flow, target: number, more = 0): number {
  // Of servers that are alike the next one fills that has least.
  const level = (baseLoads[target] ?? 0) + Math.floor(((loads[target] ?? 0) + more) / (servers[target] ?? 1))
  return (costs.loadWeights[target] ?? 0) * (2 * level + 1)
}

/** What the placement costs in all, `high` and `low`: exact, whatever its size. */
export function totalCost(flow: Flow): readonly [bigint, bigint] {
  let high = 0n
  let low = 0n
  for (const [index, items] of flow.waiting.entries()) high += BigInt(items) * BigInt(flow.leftOut[index] ?? 0)
  for (const branch of flow.branches) {
    for (const target of branch.allowed) {
      for (let nth = 0; nth < (branch.counts[target] ?? 0); nth += 1) {
        high += BigInt(highCost(flow, branch, target, nth))
        low += BigInt(lowCost(flow, branch, target, nth))
      }
    }
  }
  for (const [target, load] of flow.loads.entries()) {
    low += BigInt(flow.costs.loadWeights[target] ?? 0) * BigInt(load) ** 2n
  }
  return [high, low]
}
