import { isCheaper } from './place-costs.ts'
import type { Room } from './room.ts'
import { dead, type Standing } from './target.ts'

/** The best target that has room for the item, dead or not; if it is below a standing that is given. */
export function bestWithRoom(
  room: Room,
  position: number,
  { onDead = false, below }: { readonly onDead?: boolean; readonly below?: Standing } = {},
): number | undefined {
  let best: number | undefined
  for (const target of room.classOf(position)?.allowed ?? []) {
    const standing = room.standingAt(target)
    if ((standing === dead) !== onDead || standing >= (below ?? dead + 1)) continue
    if (best !== undefined && !isCheaper(room, position, target, best)) continue
    if (room.obstacle(position, target) === undefined) best = target
  }
  return best
}

/** The higher priority first, then the larger, then by name. */
export function comparePriority(room: Room, a: number, b: number): number {
  const [one, other] = [priorityOf(room, a), priorityOf(room, b)]
  if (one !== other) return one > other ? -1 : 1
  return room.slotsOf(b) - room.slotsOf(a) || a - b
}

export function priorityOf(room: Room, position: number): number {
  return room.classOf(position)?.priority ?? 0
}
