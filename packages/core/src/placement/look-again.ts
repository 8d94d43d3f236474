import { isAtFitHome } from './deciding-level.ts'
import { brokenRule } from './hard-rules.ts'
import { refusalsInForce } from './refusals.ts'
import type { Room } from './room.ts'
import type { Solution } from './solution.ts'
import { dead, nowhere } from './target.ts'

/**
 * When the first refusal ends that alone keeps an item from a node, or the first delay of a failback; `undefined` when
 * there is none. Any item may make room for another, so all refusals of an account count, unless all its items are at fit
 * homes that are alive, and none would leave for a node that it likes better: then nothing can improve.
 */
export function lookAgainAt(solutions: readonly Solution[], now: number): number | undefined {
  let earliest = Number.POSITIVE_INFINITY
  for (const { roster, room, targets } of solutions) {
    if (roster.holdsUntil === Number.POSITIVE_INFINITY) continue
    earliest = Math.min(earliest, roster.failbackDueAt)
    if (roster.items.every((_, position) => isSettled(room, position))) continue
    const byName = new Map(targets.map((target) => [target.node.name, target]))
    for (const item of roster.items) {
      for (const { node, until } of refusalsInForce(item, now)) {
        const target = byName.get(node)
        if (target === undefined || brokenRule(item.eligibility, target.node)) continue
        earliest = Math.min(earliest, until)
      }
    }
  }
  return Number.isFinite(earliest) ? earliest : undefined
}

function isSettled(room: Room, position: number): boolean {
  const target = room.targets[room.targetOf[position] ?? nowhere]
  const stays = room.roster.items[position]?.failback === undefined
  return stays && target?.standing !== dead && isAtFitHome(room, position)
}
