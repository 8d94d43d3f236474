import type { Room } from './room.ts'
import { isSameStanding, nowhere, type Target } from './target.ts'

/** What an item weighs a target by, staying and tie-break apart. */
export interface Merit {
  readonly health: number
  readonly aversion: number
  /** The load for each slot that it would have with the item. */
  readonly load: number
}

/** `more`: how many would come to it. */
export function meritOf(room: Room, position: number, index: number, more: number): Merit {
  const target = room.targets[index]
  return {
    health: target?.penalty ?? Number.POSITIVE_INFINITY,
    aversion: room.classOf(position)?.aversion?.[index] ?? 0,
    load: loadFor(target, (room.loads[index] ?? 0) + more),
  }
}

function loadFor(target: Target | undefined, load: number): number {
  return load / (Number.isFinite(target?.slots) ? (target?.slots ?? 1) : 1)
}

/** How many of the targets that an item could have instead of its own are equal to a merit on the first levels. */
export interface Rivals {
  readonly all: number
  /** Whatever their health within the standing; and of these, those liked as much. */
  readonly sameStanding: number
  readonly standingAsLiked: number
  readonly sameHealth: number
  readonly alsoAsLiked: number
  readonly alsoAsLoaded: number
}

type Tally = Map<number, { count: number; below: Tally }>

/** Tallies the rivals once for each class and size: items may be many, and their classes are few. */
export class RivalBook {
  readonly #room: Room
  readonly #tallies = new Map<string, Tally>()

  constructor(room: Room) {
    this.#room = room
  }

  of(position: number): Rivals {
    const room = this.#room
    const chosen = room.targetOf[position] ?? nowhere
    const merit = meritOf(room, position, chosen, 0)
    const tally = this.#tallyFor(position)
    const ownHealth = tally.get(merit.health)
    const ownLiking = ownHealth?.below.get(merit.aversion)
    const ownLoad = ownLiking?.below.get(merit.load)
    const all = [...tally.values()].reduce((sum, { count }) => sum + count, 0)
    // The chosen target is in the tally too if it has more room, and then with one more of load.
    const self = this.#isTallied(position, chosen) ? 1 : 0
    const peers = [...tally].flatMap(([health, entry]) => (isSameStanding(health, merit.health) ? [entry] : []))
    return {
      all: all - self,
      sameStanding: peers.reduce((sum, peer) => sum + peer.count, 0) - self,
      standingAsLiked: peers.reduce((sum, { below }) => sum + (below.get(merit.aversion)?.count ?? 0), 0) - self,
      sameHealth: (ownHealth?.count ?? 0) - self,
      alsoAsLiked: (ownLiking?.count ?? 0) - self,
      alsoAsLoaded: ownLoad?.count ?? 0,
    }
  }

  #tallyFor(position: number): Tally {
    const room = this.#room
    // What a spread leaves open depends on where the item itself is.
    const here = room.limitsOf(position) === undefined ? '' : room.targetOf[position]
    const own = room.roster.refusedTo.has(position) ? position : ''
    const key = `${room.roster.classOf[position]} ${room.slotsOf(position)} ${here} ${own}`
    const known = this.#tallies.get(key)
    if (known !== undefined) return known
    const tally: Tally = new Map()
    for (const target of room.roster.classes[room.roster.classOf[position] ?? -1]?.allowed ?? []) {
      if (!this.#isTallied(position, target)) continue
      const { health, aversion, load } = meritOf(room, position, target, 1)
      count(count(count(tally, health), aversion), load)
    }
    this.#tallies.set(key, tally)
    return tally
  }

  #isTallied(position: number, target: number): boolean {
    const room = this.#room
    return room.free(target) >= room.slotsOf(position) && room.ruleObstacle(position, target) === undefined
  }
}

function count(tally: Tally, value: number): Tally {
  const entry = tally.get(value) ?? { count: 0, below: new Map() }
  entry.count += 1
  tally.set(value, entry)
  return entry.below
}
