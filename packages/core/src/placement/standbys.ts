import { tieBreak } from './order.ts'
import { meritOf } from './rivals.ts'
import type { Room } from './room.ts'
import { dead, nowhere } from './target.ts'

const most = 3

/** Where items would go next if they alone had to: living targets with room, best first. Ranked once for items alike. */
export class StandbyBook {
  readonly #room: Room
  /** By zone of the item's place, size, and, of those in a spread group, the place itself; then by class. */
  readonly #rankings = new Map<string, Map<number, Ranking>>()

  constructor(room: Room) {
    this.#room = room
  }

  of(position: number): readonly string[] {
    const chosen = this.#room.targetOf[position] ?? nowhere
    const { best, names } = this.#rankingFor(position, chosen)
    const place = best.indexOf(chosen)
    if (place === -1 || place === most) return names
    return best.filter((target) => target !== chosen).map((target) => this.#nameOf(target))
  }

  #nameOf(target: number): string {
    return this.#room.targets[target]?.node.name ?? ''
  }

  #rankingFor(position: number, chosen: number): Ranking {
    const room = this.#room
    const target = room.targets[chosen]
    const zone = target === undefined ? 'nowhere' : `in ${target.zone}`
    const slots = room.slotsOf(position)
    const isAlone = slots === 1 && room.limitsOf(position) === undefined
    const own = room.roster.refusedTo.has(position) ? position : null
    const place = room.limitsOf(position) === undefined ? null : chosen
    const key = isAlone ? zone : JSON.stringify([zone, slots, place, own])
    const rankings = this.#rankings.get(key) ?? new Map<number, Ranking>()
    this.#rankings.set(key, rankings)
    const itemClass = room.roster.classOf[position] ?? -1
    const known = rankings.get(itemClass)
    if (known !== undefined) return known
    const best = bestFor(room, position)
    const ranking = { best, names: best.slice(0, most).map((target) => this.#nameOf(target)) }
    rankings.set(itemClass, ranking)
    return ranking
  }
}

interface Ranking {
  /** Targets; one more than is shown, for the item's own may be among them. */
  readonly best: readonly number[]
  /** The first of them. */
  readonly names: readonly string[]
}

function bestFor(room: Room, position: number): readonly number[] {
  const best: number[] = []
  for (const target of room.roster.classes[room.roster.classOf[position] ?? -1]?.allowed ?? []) {
    if (room.targets[target]?.standing === dead || room.free(target) < room.slotsOf(position)) continue
    if (room.ruleObstacle(position, target) !== undefined) continue
    let place = best.length
    while (place > 0 && isBetter(room, position, target, best[place - 1] ?? nowhere)) place -= 1
    if (place > most) continue
    best.splice(place, 0, target)
    if (best.length > most + 1) best.pop()
  }
  return best
}

/** Health first, then another zone than its own, which may fail as a whole; then liking, load, and the tie-break. */
function isBetter(room: Room, position: number, one: number, other: number): boolean {
  const a = meritOf(room, position, one, 1)
  const b = meritOf(room, position, other, 1)
  if (a.health !== b.health) return a.health < b.health
  const zone = room.targets[room.targetOf[position] ?? nowhere]?.zone
  const isAway = (target: number): boolean => room.targets[target]?.zone !== zone
  if (isAway(one) !== isAway(other)) return isAway(one)
  if (a.aversion !== b.aversion) return a.aversion < b.aversion
  return a.load !== b.load ? a.load < b.load : tie(room, position, one) < tie(room, position, other)
}

function tie({ roster, targets }: Room, position: number, target: number): number {
  return tieBreak(roster.classes[roster.classOf[position] ?? -1]?.salt ?? 0, targets[target]?.hash ?? 0)
}
