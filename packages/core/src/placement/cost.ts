import { loadWeights } from './load-weight.ts'
import type { GroupLimits, ItemClass } from './item-class.ts'
import { serviceCost } from './service-cost.ts'
import type { Target } from './target.ts'

/**
 * The levels as two numbers, compared one after the other: `high` packs service, moves and health, `low` packs liking,
 * staying and load. A unit of a level outweighs all that an exchange of items can change on the levels below it: an
 * exchange passes each class once, so no level can change by more than twice as many steps as there are classes.
 */
export interface CostModel {
  /** In `high`, by class: one item of it left out. */
  readonly leftOut: Float64Array
  /** In `high`: one item moved away from a fit home. */
  readonly move: number
  /** In `high`, by target: what an item there costs by health. */
  readonly health: Float64Array
  /** In `high`, by target: the same for an item whose home it is: no worse than the best of its standing. */
  readonly healthAtHome: Float64Array
  /** In `low`: one unit of weight less liked. */
  readonly liking: number
  /** In `low`: one item away from its home. */
  readonly away: number
  /** In `low`, by target: a load L costs weight x L². */
  readonly loadWeights: Float64Array
  /** Whether every sum that can come up is an exact number. */
  readonly exact: boolean
}

export function createCostModel(
  targets: readonly Target[],
  capacities: readonly number[],
  classes: readonly ItemClass[],
  groups: readonly GroupLimits[],
  items: number,
): CostModel {
  const steps = 2 * Math.min(classes.length, targets.length + 1) + 2
  const least = targets.reduce((min, { penalty }) => Math.min(min, penalty), Number.MAX_SAFE_INTEGER)
  const health = Float64Array.from(targets, ({ penalty }) => penalty - least)
  const worst = health.reduce((a, b) => Math.max(a, b), 0)
  const move = 2 * steps * worst + 1
  const service = serviceCost(classes, groups, move * (2 * steps + 1))

  const mostLiked = [...new Set(classes.map(({ aversion }) => aversion))].reduce(mostAversion, 0)
  // A weight times its load is about twice the unit that weights are multiples of, and eight of it are `away`.
  const mostExactUnit = Math.floor(mostExact / (16 * (2 * steps + 1) * (mostLiked + 1) * steps))
  const slots = targets.map((target, index) => ((capacities[index] ?? 0) > 0 ? target.slots : 0))
  const weights = loadWeights(slots, mostExactUnit)
  const heaviest = weights.reduce((most, weight, index) => Math.max(most, weight * loadOf(capacities[index], items)), 0)
  const away = 4 * (heaviest + 1)
  const liking = away * (2 * steps + 1)
  return {
    leftOut: service.leftOut,
    move,
    health,
    healthAtHome: bestOfStanding(targets, health),
    liking,
    away,
    loadWeights: weights,
    exact: service.beyond < mostExact && liking * (mostLiked + 1) * steps < mostExact,
  }
}

/** Leaves room for sums of many paths below the last exact whole number. */
const mostExact = 2 ** 50

/** Twice the load and one: what one more costs at most, by weight. */
function loadOf(capacity: number | undefined, items: number): number {
  return 2 * Math.min(capacity ?? 0, items) + 1
}

function mostAversion(most: number, aversion: Float64Array | undefined): number {
  return aversion?.reduce((greatest, one) => Math.max(greatest, one), most) ?? most
}

function bestOfStanding(targets: readonly Target[], health: Float64Array): Float64Array {
  const best = [0, 0, 0].fill(Number.POSITIVE_INFINITY)
  for (const [index, { standing }] of targets.entries()) {
    best[standing] = Math.min(best[standing] ?? 0, health[index] ?? 0)
  }
  return Float64Array.from(targets, ({ standing }) => best[standing] ?? 0)
}
