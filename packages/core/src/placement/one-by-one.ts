import { tieBreak } from './order.ts'
import type { Room } from './room.ts'
import { fitHome } from './roster.ts'
import { dead, nowhere } from './target.ts'

/**
 * Makes a placement true to the slots where items differ in size, which no fast method does best: one item after another,
 * the highest priority first. It promises this and no more: the hard rules hold; nobody is left out for a lower priority's
 * sake where its going would make room enough; and nobody is left out, or on a node that is not fit, while a fit node that
 * it may use has as many free slots as it takes. Homes that are fit are kept where they can be.
 */
export function placeOneByOne(room: Room): void {
  const dropped = dropOverfull(room)
  const waiting = [...room.targetOf.keys()].filter((position) => room.targetOf[position] === nowhere)
  // The most urgent last.
  const queue = [...new Set([...waiting, ...dropped])]
    .filter((position) => (room.roster.classOf[position] ?? -1) >= 0)
    .sort((a, b) => comparePriority(room, b, a))
  // Once there is no room to be made for one, there is none for those like it: what is free, or held by lower priorities,
  // only becomes less. (Not in a spread group, where the going of one may let another in.)
  const hopeless = new Set<string>()
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const alike = `${room.roster.classOf[next]} ${room.slotsOf(next)}`
    const living = hopeless.has(alike) ? undefined : (bestWithRoom(room, next, dead) ?? makeRoom(room, next, queue))
    if (living === undefined && room.limitsOf(next) === undefined) hopeless.add(alike)
    const target = living ?? bestWithRoom(room, next, dead + 1)
    if (target !== undefined) room.move(next, target)
  }
  while (betterAnybody(room)) continue
}

/** Who must go so that no server has more than it has slots for: those not at home first, then the lowest priority. */
function dropOverfull(room: Room): number[] {
  const byTarget = Map.groupBy(room.targetOf.keys(), (position) => room.targetOf[position] ?? nowhere)
  const dropped: number[] = []
  for (const [target, positions] of byTarget) {
    if (target === nowhere || room.free(target) >= 0) continue
    for (const position of positions.sort((a, b) => lessTied(room, a, b))) {
      if (room.free(target) >= 0) break
      room.move(position, nowhere)
      dropped.push(position)
    }
  }
  return dropped
}

function lessTied(room: Room, a: number, b: number): number {
  const isHome = (position: number): number =>
    Number(room.roster.homeKinds[position] === fitHome && room.roster.homeOf[position] === room.targetOf[position])
  return isHome(a) - isHome(b) || comparePriority(room, b, a)
}

/** The higher priority first, then the larger, then by name. */
function comparePriority(room: Room, a: number, b: number): number {
  const [one, other] = [priorityOf(room, a), priorityOf(room, b)]
  if (one !== other) return one > other ? -1 : 1
  return room.slotsOf(b) - room.slotsOf(a) || a - b
}

function priorityOf(room: Room, position: number): number {
  return room.roster.classes[room.roster.classOf[position] ?? -1]?.priority ?? 0
}

/** The best target of a standing below the given one that has room for the item. */
function bestWithRoom(room: Room, position: number, below: number): number | undefined {
  const itemClass = room.roster.classes[room.roster.classOf[position] ?? -1]
  let best: { readonly target: number; readonly costs: readonly number[] } | undefined
  for (const target of itemClass?.allowed ?? []) {
    if ((room.targets[target]?.standing ?? dead) >= below || room.obstacle(position, target) !== undefined) continue
    const costs = costsAt(room, position, target)
    if (best === undefined || isLess(costs, best.costs)) best = { target, costs }
  }
  return best?.target
}

function costsAt(room: Room, position: number, index: number): readonly number[] {
  const { roster, targets, loads } = room
  const target = targets[index]
  const itemClass = roster.classes[roster.classOf[position] ?? -1]
  const isHome = roster.homeOf[position] === index
  return [
    isHome && roster.homeKinds[position] === fitHome ? 0 : 1,
    target?.penalty ?? 0,
    itemClass?.aversion?.[index] ?? 0,
    isHome ? 0 : 1,
    loads[index] ?? 0,
    tieBreak(position, target?.hash ?? 0),
  ]
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const level = a.findIndex((value, index) => value !== b[index])
  return level !== -1 && (a[level] ?? 0) < (b[level] ?? 0)
}

/**
 * Sends items of a lower priority away from the living target where that hurts least: the least priority, then the fewest.
 * They go back into the queue, so each is sent away at most once by each that is above it.
 */
function makeRoom(room: Room, position: number, queue: number[]): number | undefined {
  const itemClass = room.roster.classes[room.roster.classOf[position] ?? -1]
  const mine = priorityOf(room, position)
  const lower = [...room.targetOf.keys()].filter((other) => priorityOf(room, other) < mine)
  const byTarget = Map.groupBy(lower, (other) => room.targetOf[other] ?? nowhere)
  let best:
    | { readonly target: number; readonly victims: readonly number[]; readonly costs: readonly number[] }
    | undefined
  for (const target of itemClass?.allowed ?? []) {
    if (room.targets[target]?.standing === dead) continue
    const victims = victimsAt(room, position, target, byTarget.get(target) ?? [])
    if (victims === undefined) continue
    const worst = victims.reduce((most, victim) => Math.max(most, priorityOf(room, victim)), Number.NEGATIVE_INFINITY)
    const costs = [worst, victims.length, ...costsAt(room, position, target)]
    if (best === undefined || isLess(costs, best.costs)) best = { target, victims, costs }
  }
  for (const victim of best?.victims ?? []) {
    room.move(victim, nowhere)
    queue.push(victim)
  }
  if (best !== undefined) queue.sort((a, b) => comparePriority(room, b, a))
  return best?.target
}

/** The lowest priorities there whose going makes room enough; `undefined`: all of them do not. */
function victimsAt(room: Room, position: number, target: number, lower: number[]): number[] | undefined {
  const candidates = lower.sort((a, b) => comparePriority(room, b, a))
  const group = room.limitsOf(position)?.name
  const gone: number[] = []
  let needed = room.slotsOf(position) - room.free(target)
  const rule = room.spreadObstacle(position, target)
  if (rule !== undefined) {
    const kin = candidates.find((other) => room.limitsOf(other)?.name === group)
    if (kin === undefined) return undefined
    gone.push(kin)
    needed -= room.slotsOf(kin)
  }
  for (const other of candidates) {
    if (needed <= 0) break
    if (gone.includes(other)) continue
    gone.push(other)
    needed -= room.slotsOf(other)
  }
  return needed > 0 || gone.length === 0 ? undefined : gone
}

/** Serves somebody who is left out, or takes somebody from a node that is not fit to one that is. */
function betterAnybody(room: Room): boolean {
  let moved = false
  const order = [...room.targetOf.keys()].sort((a, b) => comparePriority(room, a, b))
  for (const position of order) {
    const { classOf, homeKinds, homeOf } = room.roster
    if ((classOf[position] ?? -1) < 0) continue
    const here = room.targetOf[position] ?? nowhere
    const isHeld = here !== nowhere && homeKinds[position] === fitHome && homeOf[position] === here
    const standing = here === nowhere ? dead + 1 : (room.targets[here]?.standing ?? dead)
    const target = isHeld || standing === 0 ? undefined : bestWithRoom(room, position, standing)
    if (target === undefined) continue
    room.move(position, target)
    moved = true
  }
  return moved
}
