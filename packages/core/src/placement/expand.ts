import type { Flow } from './flow.ts'
import { fitHome, looseHome, type Roster } from './roster.ts'
import { nowhere } from './target.ts'

/**
 * Step five: which item goes where, now that the numbers are known. Whoever is at home where its class has a place gets
 * that place; the others take what is left, those that have a home before those that have none. `positions` are the items that take part, in
 * ascending order; writes their targets into `targetOf`.
 */
export function expand(flow: Flow, roster: Roster, positions: Iterable<number>, targetOf: Int32Array): void {
  const members = flow.classes.map((): number[] => [])
  for (const position of positions) members[roster.classOf[position] ?? -1]?.push(position)
  for (const [itemClass, ours] of members.entries()) {
    if (ours.length > 0) expandClass(ours, placesOf(flow, itemClass), roster, targetOf)
  }
}

/** By target: how many places the class has there. */
function placesOf(flow: Flow, itemClass: number): Int32Array {
  const branches = (flow.branchesOf[itemClass] ?? []).flatMap((index) => flow.branches[index] ?? [])
  const places = new Int32Array(flow.targets.length)
  for (const { counts } of branches) {
    for (let target = 0; target < counts.length; target += 1)
      places[target] = (places[target] ?? 0) + (counts[target] ?? 0)
  }
  return places
}

function expandClass(members: readonly number[], places: Int32Array, roster: Roster, targetOf: Int32Array): void {
  const { homeOf, homeKinds } = roster
  let others = members
  for (const kind of [fitHome, looseHome]) {
    others = others.filter((position) => {
      const home = homeOf[position] ?? nowhere
      const free = home === nowhere || homeKinds[position] !== kind ? 0 : (places[home] ?? 0)
      if (free === 0) return true
      places[home] = free - 1
      targetOf[position] = home
      return false
    })
  }
  const isHomeless = (position: number): boolean => homeOf[position] === nowhere
  let target = 0
  for (const position of [...others.filter((one) => !isHomeless(one)), ...others.filter(isHomeless)]) {
    while (target < places.length && places[target] === 0) target += 1
    if (target === places.length) return
    places[target] = (places[target] ?? 0) - 1
    targetOf[position] = target
  }
}
