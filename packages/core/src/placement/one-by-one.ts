import { bestWithRoom, comparePriority, priorityOf } from './best-with-room.ts'
import { isAtFitHome } from './deciding-level.ts'
import { followFailbacks } from './follow-failbacks.ts'
import { isCheaper, isWorthAMove } from './place-costs.ts'
import type { Room } from './room.ts'
import { fitHome } from './roster.ts'
import { dead, nowhere } from './target.ts'

/**
 * Places items one after another, the highest priority first, true to the slots that each takes: where items differ in
 * size no fast method does best. `wanted`: by item, the target that it is to have if there is room, or `nowhere`; nobody
 * is in the room yet.
 */
export function placeOneByOne(room: Room, wanted: Int32Array): void {
  seatWanted(room, wanted)
  serveOneByOne(room)
}

/**
 * Makes of any placement one that promises this and no more: the hard rules hold; nobody is left out for a lower
 * priority's sake where its going would make room enough; nobody is left out, on a node that is not fit, or (but for fit
 * homes) on a worse or less liked node, while a better one that it may use has as many free slots as it takes. Homes that
 * are fit are kept where they can be.
 */
export function serveOneByOne(room: Room): void {
  // Who has gone to a better node leaves room, into which one may fit for whom others have to go.
  do {
    serveWaiting(room)
    leaveOnDead(room)
  } while (betterEach(room))
}

/** The highest priority first: into room that is free, else into what lower priorities give up. */
function serveWaiting(room: Room): void {
  const queue = waiting(room)
  const occupants = occupantsOf(room)
  // Once there is no room to be made for one, there is none for those like it: what is free, or held by lower priorities,
  // only becomes less. (Not in a spread group, where the going of one may let another in.)
  const hopeless = new Set<string>()
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const alike = `${room.roster.classOf[next]} ${room.slotsOf(next)}`
    const living = hopeless.has(alike)
      ? undefined
      : (bestWithRoom(room, next) ?? makeRoom(room, next, queue, occupants))
    if (living === undefined && room.limitsOf(next) === undefined) hopeless.add(alike)
    if (living === undefined) continue
    room.move(next, living)
    insert(occupants[living] ?? [], next, room)
  }
}

/** Who is left out, or on a dead node, the most urgent last. */
function waiting(room: Room): number[] {
  const isWaiting = (position: number): boolean =>
    (room.roster.classOf[position] ?? -1) >= 0 && room.standingAt(room.targetOf[position] ?? nowhere) === dead
  return [...room.targetOf.keys()].filter(isWaiting).sort((a, b) => comparePriority(room, b, a))
}

/** Who has no place on a living node stays on a dead one, and only then do others go there. */
function leaveOnDead(room: Room): void {
  const { classOf, homeOf } = room.roster
  const left = [...room.targetOf.keys()].filter(
    (position) => room.targetOf[position] === nowhere && (classOf[position] ?? -1) >= 0,
  )
  const isAway = (position: number): number => Number((homeOf[position] ?? nowhere) === nowhere)
  for (const position of left.sort((a, b) => isAway(a) - isAway(b) || comparePriority(room, a, b))) {
    const target = bestWithRoom(room, position, { onDead: true })
    if (target !== undefined) room.move(position, target)
  }
}

/** Gives them what they want as long as there is room. */
function seatWanted(room: Room, wanted: Int32Array): void {
  const { homeKinds, homeOf, classOf } = room.roster
  const at = (position: number): number => wanted[position] ?? nowhere
  /** Fit homes first, then others on living nodes; last, who wants to be on a dead one. */
  const tie = (position: number): number => {
    if (room.standingAt(at(position)) === dead) return 3
    return homeOf[position] !== at(position) ? 2 : homeKinds[position] === fitHome ? 0 : 1
  }
  const placeable = [...wanted.keys()].filter((position) => (classOf[position] ?? -1) >= 0)
  for (const position of placeable.sort((a, b) => tie(a) - tie(b) || comparePriority(room, a, b))) {
    if (at(position) === nowhere || room.obstacle(position, at(position)) !== undefined) continue
    room.move(position, at(position))
  }
}

/** By target: who is there, the least important first. */
function occupantsOf(room: Room): number[][] {
  const occupants = room.targets.map((): number[] => [])
  for (const [position, target] of room.targetOf.entries()) occupants[target]?.push(position)
  for (const ours of occupants) ours.sort((a, b) => comparePriority(room, b, a))
  return occupants
}

/** Keeps the list in its order, the least important first. */
function insert(ascending: number[], position: number, room: Room): void {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (comparePriority(room, ascending[middle] ?? 0, position) > 0) low = middle + 1
    else high = middle
  }
  ascending.splice(low, 0, position)
}

/**
 * Sends items of a lower priority away from the living target where that hurts least: the least priority, then the fewest.
 * They go back into the queue, so each is sent away at most once by each that is above it.
 */
function makeRoom(room: Room, position: number, queue: number[], occupants: number[][]): number | undefined {
  let best: { readonly target: number; readonly victims: readonly number[]; readonly worst: number } | undefined
  for (const target of room.classOf(position)?.allowed ?? []) {
    if (room.standingAt(target) === dead) continue
    const victims = victimsAt(room, position, target, occupants[target] ?? [])
    if (victims === undefined) continue
    const worst = victims.reduce((most, victim) => Math.max(most, priorityOf(room, victim)), Number.NEGATIVE_INFINITY)
    const hurtsLess =
      best === undefined ||
      worst < best.worst ||
      (worst === best.worst &&
        (victims.length < best.victims.length ||
          (victims.length === best.victims.length && isCheaper(room, position, target, best.target))))
    if (hurtsLess) best = { target, victims, worst }
  }
  if (best === undefined) return undefined
  const { target, victims } = best
  for (const victim of victims) {
    room.move(victim, nowhere)
    insert(queue, victim, room)
  }
  occupants[target] = (occupants[target] ?? []).filter((other) => !victims.includes(other))
  return target
}

/** The lowest priorities there whose going makes room enough; `undefined`: all of them do not. */
function victimsAt(
  room: Room,
  position: number,
  target: number,
  occupants: readonly number[],
): readonly number[] | undefined {
  const mine = priorityOf(room, position)
  const gone: number[] = []
  let needed = room.slotsOf(position) - room.free(target)
  const rule = room.ruleObstacle(position, target)
  if (rule === 'RefusedByProvider') return undefined
  if (rule !== undefined) {
    const group = room.limitsOf(position)?.name
    const kin = occupants.find((other) => room.limitsOf(other)?.name === group)
    if (kin === undefined || priorityOf(room, kin) >= mine) return undefined
    gone.push(kin)
    needed -= room.slotsOf(kin)
  }
  for (const other of occupants) {
    if (needed <= 0 || priorityOf(room, other) >= mine) break
    if (gone.includes(other)) continue
    gone.push(other)
    needed -= room.slotsOf(other)
  }
  return needed > 0 || gone.length === 0 ? undefined : gone
}

/**
 * Moves one after another to where it is better served, and those whose failback is due into room that is left, until
 * that betters nobody: who has gone leaves room for others. Returns whether anybody went.
 */
export function betterEach(room: Room): boolean {
  let moved = false
  while (betterAnybody(room) || followFailbacks(room, room.targetOf.keys())) moved = true
  return moved
}

/**
 * Serves those who are left out, takes those whose home is not fit to a node of better standing, and the others that are
 * not at a fit home to a better or better liked node. Each move lowers what somebody costs, so that it ends.
 */
function betterAnybody(room: Room): boolean {
  const { classOf, homeOf } = room.roster
  const movable = [...room.targetOf.keys()].filter(
    (position) => (classOf[position] ?? -1) >= 0 && !isAtFitHome(room, position),
  )
  let moved = false
  for (const position of movable.sort((a, b) => comparePriority(room, a, b))) {
    const here = room.targetOf[position] ?? nowhere
    const isHome = here !== nowhere && homeOf[position] === here
    const target = isHome
      ? bestWithRoom(room, position, { below: room.standingAt(here) })
      : bestWithRoom(room, position)
    if (target === undefined || target === here) continue
    if (here !== nowhere && !isWorthAMove(room, position, target, here)) continue
    room.move(position, target)
    moved = true
  }
  return moved
}
