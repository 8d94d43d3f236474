import { isCheaper } from './place-costs.ts'
import type { Room } from './room.ts'
import { isAtFitHome } from './deciding-level.ts'

/**
 * Sends items whose failback is due to the best of the nodes where it is, into room that is left, one by one in the order
 * of their names: those that were not weighed together with all others. Returns whether any went.
 */
export function followFailbacks(room: Room, positions: Iterable<number>): boolean {
  let moved = false
  for (const position of positions) {
    if (!isAtFitHome(room, position)) continue
    let best: number | undefined
    for (const target of room.dueFailback(position) ?? []) {
      if (room.obstacle(position, target) !== undefined) continue
      if (best === undefined || isCheaper(room, position, target, best)) best = target
    }
    if (best === undefined) continue
    room.move(position, best)
    moved = true
  }
  return moved
}
