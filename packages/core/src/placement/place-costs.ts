import { tieBreak } from './order.ts'
import type { Room } from './room.ts'
import { fitHome } from './roster.ts'
import { dead, nowhere } from './target.ts'

/** Whether one place is cheaper for the item than another as things stand, level after level. */
export function isCheaper(room: Room, position: number, one: number, other: number): boolean {
  return (
    (byWorth(room, position, one, other) ||
      awayAt(room, position, one) - awayAt(room, position, other) ||
      loadAt(room, one) - loadAt(room, other) ||
      tieAt(room, position, one) - tieAt(room, position, other)) < 0
  )
}

/** The same by moves, health and liking alone: for less an item that has a place is not moved. */
export function isWorthAMove(room: Room, position: number, one: number, other: number): boolean {
  return byWorth(room, position, one, other) < 0
}

function byWorth(room: Room, position: number, one: number, other: number): number {
  return (
    moveAt(room, position, one) - moveAt(room, position, other) ||
    healthAt(room, one) - healthAt(room, other) ||
    aversionAt(room, position, one) - aversionAt(room, position, other)
  )
}

/**
 * Going where a failback is due costs no more by moves than staying; but who waits for a place goes home first, as
 * failbacks lead into room that is left.
 */
function moveAt(room: Room, position: number, target: number): number {
  const { homeOf, homeKinds } = room.roster
  if (homeKinds[position] !== fitHome) return 1
  if (homeOf[position] === target) return 0
  const isWaiting = room.standingAt(room.targetOf[position] ?? nowhere) === dead
  return !isWaiting && room.isFailback(position, target) ? 0 : 1
}

function healthAt({ targets }: Room, target: number): number {
  return targets[target]?.penalty ?? 0
}

function aversionAt(room: Room, position: number, target: number): number {
  return room.classOf(position)?.aversion?.[target] ?? 0
}

function awayAt({ roster }: Room, position: number, target: number): number {
  return roster.homeOf[position] === target ? 0 : 1
}

function loadAt({ loads, targets }: Room, target: number): number {
  const slots = targets[target]?.slots ?? 0
  return (loads[target] ?? 0) / (Number.isFinite(slots) ? slots : 1)
}

function tieAt(room: Room, position: number, target: number): number {
  return tieBreak(room.classOf(position)?.salt ?? 0, room.targets[target]?.hash ?? 0)
}
