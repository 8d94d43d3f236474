import type { GroupLimits, ItemClass } from './item-class.ts'

/** What it costs to leave items out. */
export interface ServiceCost {
  /** By class: one of it left out. */
  readonly leftOut: Float64Array
  /** Outweighs whatever an exchange can change in service; infinite where that cannot be told by exact numbers. */
  readonly beyond: number
}

/**
 * Serving one of a higher priority must outweigh all of lower ones that an exchange gives up for it. Where who can be
 * served is a question of slots and of nodes alone, one never has to give up more than one for another (those that can be
 * served together form a matroid), and any growing weights do. A limit over items that may go to different nodes is a
 * second such question: then one that is served may cost several others their places, and each priority has to outweigh
 * all below it. `unit`: one of the lowest priority.
 */
export function serviceCost(classes: readonly ItemClass[], groups: readonly GroupLimits[], unit: number): ServiceCost {
  const priorities = [...new Set(classes.map(({ priority }) => priority))].sort((a, b) => (a < b ? -1 : 1))
  const mayCostSeveral = groups.some(({ total }, group) => total !== Number.POSITIVE_INFINITY && differ(classes, group))
  const tiers = mayCostSeveral ? outweighing(priorities, classes, unit) : undefined
  if (tiers !== undefined && tiers.beyond < Number.MAX_SAFE_INTEGER)
    return costOf(classes, priorities, tiers.weights, tiers.beyond)
  const ranks = priorities.map((_, index) => unit * (index + 1))
  const beyond = tiers === undefined ? unit * (priorities.length + 1) : Number.POSITIVE_INFINITY
  return costOf(classes, priorities, ranks, beyond)
}

function costOf(
  classes: readonly ItemClass[],
  priorities: readonly number[],
  weights: readonly number[],
  beyond: number,
): ServiceCost {
  const byPriority = new Map(priorities.map((priority, index) => [priority, weights[index] ?? 0]))
  return { leftOut: Float64Array.from(classes, ({ priority }) => byPriority.get(priority) ?? 0), beyond }
}

/** Whether classes of the group may go to different nodes. */
function differ(classes: readonly ItemClass[], group: number): boolean {
  return new Set(classes.flatMap((one) => (one.group === group ? [one.allowed] : []))).size > 1
}

/** By priority, the lowest first. */
function outweighing(
  priorities: readonly number[],
  classes: readonly ItemClass[],
  unit: number,
): { readonly weights: readonly number[]; readonly beyond: number } {
  const alike = Map.groupBy(classes, ({ priority }) => priority)
  const outsides = new Set(classes.map(({ group }) => group)).size
  const weights: number[] = []
  let beyond = unit
  for (const priority of priorities) {
    const ours = alike.get(priority) ?? []
    // An exchange passes each class once, and once the outside of each group and that of those in none.
    const most = Math.min(ours.length, outsides)
    weights.push(beyond)
    beyond += most * beyond
  }
  return { weights, beyond }
}
