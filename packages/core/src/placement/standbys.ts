import { tieBreak } from './order.ts'
import { meritOf } from './rivals.ts'
import type { Room } from './room.ts'
import { dead, nowhere } from './target.ts'

const most = 3

/** Where items would go next if they alone had to: living targets with room, best first. Ranked once for items alike. */
export class StandbyBook {
  readonly #room: Room
  readonly #rankings = new Map<string, readonly number[]>()

  constructor(room: Room) {
    this.#room = room
  }

  of(position: number): readonly string[] {
    const { targetOf, targets } = this.#room
    const chosen = targetOf[position] ?? nowhere
    const others = this.#ranking(position).filter((target) => target !== chosen)
    return others.slice(0, most).flatMap((target) => targets[target]?.node.name ?? [])
  }

  /** One more than is shown: the item's own target may be among them. */
  #ranking(position: number): readonly number[] {
    const room = this.#room
    const { roster, targets, targetOf } = room
    const itemClass = roster.classes[roster.classOf[position] ?? -1]
    const here = targetOf[position] ?? nowhere
    const spread = room.limitsOf(position) === undefined ? '' : here
    const key = JSON.stringify([roster.classOf[position], room.slotsOf(position), targets[here]?.zone ?? null, spread])
    const known = this.#rankings.get(key)
    if (known !== undefined) return known
    const best: number[] = []
    for (const target of itemClass?.allowed ?? []) {
      if (targets[target]?.standing === dead || room.free(target) < room.slotsOf(position)) continue
      if (room.spreadObstacle(position, target) !== undefined) continue
      let place = best.length
      while (place > 0 && isBetter(room, position, target, best[place - 1] ?? nowhere)) place -= 1
      if (place > most) continue
      best.splice(place, 0, target)
      if (best.length > most + 1) best.pop()
    }
    this.#rankings.set(key, best)
    return best
  }
}

/** Health first, then another zone than its own, which may fail as a whole; then liking, load, and the tie-break. */
function isBetter(room: Room, position: number, one: number, other: number): boolean {
  const [a, b] = [one, other].map((target) => rank(room, position, target))
  const level = a?.findIndex((value, index) => value !== b?.[index]) ?? -1
  return level !== -1 && (a?.[level] ?? 0) < (b?.[level] ?? 0)
}

function rank(room: Room, position: number, index: number): readonly number[] {
  const { targets, targetOf, roster } = room
  const target = targets[index]
  const merit = meritOf(room, position, index)
  const isSameZone = targets[targetOf[position] ?? nowhere]?.zone === target?.zone
  const tie = tieBreak(roster.classOf[position] ?? 0, target?.hash ?? 0)
  return [merit.health, Number(isSameZone), merit.aversion, merit.load, tie]
}
