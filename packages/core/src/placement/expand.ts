import type { Flow } from './flow.ts'
import { fitHome, looseHome, type Roster } from './roster.ts'
import { nowhere } from './target.ts'

/**
 * Step five: which item goes where, now that the numbers are known. Whoever is at home where its class has a place gets
 * that place; the others take what is left, those to whom something is refused first, then those that have a home.
 * `positions` are the items that take part, in ascending order; writes their targets into `targetOf`. Returns whether
 * refusals left every place to somebody.
 */
export function expand(flow: Flow, roster: Roster, positions: Int32Array, targetOf: Int32Array): boolean {
  const members = flow.classes.map((): number[] => [])
  for (let index = 0; index < positions.length; index += 1) {
    const position = positions[index] ?? nowhere
    members[roster.classOf[position] ?? -1]?.push(position)
  }
  let fits = true
  for (const [itemClass, ours] of members.entries()) {
    if (ours.length > 0 && !expandClass(ours, placesOf(flow, itemClass), roster, targetOf)) fits = false
  }
  return fits
}

/** By target: how many places the class has there. */
function placesOf(flow: Flow, itemClass: number): Int32Array {
  const branches = (flow.branchesOf[itemClass] ?? []).flatMap((index) => flow.branches[index] ?? [])
  const places = new Int32Array(flow.targets.length)
  for (const { allowed, counts } of branches) {
    for (const target of allowed) places[target] = (places[target] ?? 0) + (counts[target] ?? 0)
  }
  return places
}

function expandClass(members: readonly number[], places: Int32Array, roster: Roster, targetOf: Int32Array): boolean {
  const { homeOf, homeKinds, refusedTo } = roster
  let others = members
  for (const kind of [fitHome, looseHome]) {
    const rest: number[] = []
    for (const position of others) {
      const home = homeOf[position] ?? nowhere
      const free = home === nowhere || homeKinds[position] !== kind ? 0 : (places[home] ?? 0)
      if (free === 0) {
        rest.push(position)
        continue
      }
      places[home] = free - 1
      targetOf[position] = home
    }
    others = rest
  }
  const choosy = refusedTo.size === 0 ? [] : others.filter((position) => refusedTo.has(position))
  if (choosy.length > 0) {
    seat(choosy, places, refusedTo, targetOf)
    others = others.filter((position) => targetOf[position] === nowhere)
  }
  const isHomeless = (position: number): boolean => homeOf[position] === nowhere
  let target = 0
  for (const position of [...others.filter((one) => !isHomeless(one)), ...others.filter(isHomeless)]) {
    while (target < places.length && places[target] === 0) target += 1
    if (target === places.length) return true
    if (refusedTo.get(position)?.has(target) === true) continue
    places[target] = (places[target] ?? 0) - 1
    targetOf[position] = target
  }
  for (; target < places.length; target += 1) if ((places[target] ?? 0) > 0) return false
  return true
}

/** Seats as many as can be where it is not refused to them: whoever finds no place asks others to take another one. */
function seat(
  choosy: readonly number[],
  places: Int32Array,
  refusedTo: Roster['refusedTo'],
  targetOf: Int32Array,
): void {
  const seatOne = (position: number, asked: Set<number>): boolean => {
    for (let target = 0; target < places.length; target += 1) {
      if (asked.has(target) || refusedTo.get(position)?.has(target) === true) continue
      const sitting = choosy.filter((other) => targetOf[other] === target)
      if (places[target] === 0 && sitting.length === 0) continue
      asked.add(target)
      if ((places[target] ?? 0) > 0) places[target] = (places[target] ?? 0) - 1
      else if (!sitting.some((other) => seatOne(other, asked))) continue
      targetOf[position] = target
      return true
    }
    return false
  }
  for (const position of choosy) seatOne(position, new Set())
}
