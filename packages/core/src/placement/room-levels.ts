import type { Room } from './room.ts'
import { fitHome } from './roster.ts'
import { dead, nowhere } from './target.ts'

/**
 * What a placement costs on the levels above staying and load: who is left out, by priority from the highest, moves away
 * from fit homes, health, liking.
 */
export function roomLevels(room: Room): readonly number[] {
  const { roster, targets, targetOf } = room
  const bestOfStanding = [0, 1, 2].map((standing) =>
    targets.reduce((best, one) => (one.standing === standing ? Math.min(best, one.penalty) : best), Infinity),
  )
  const leftOut = new Map<number, number>(roster.classes.map(({ priority }) => [priority, 0]))
  let [moves, health, aversion] = [0, 0, 0]
  for (const [position, index] of targetOf.entries()) {
    const itemClass = room.classOf(position)
    if (itemClass === undefined) continue
    const target = targets[index]
    const isHome = index !== nowhere && roster.homeOf[position] === index
    const isFit = roster.homeKinds[position] === fitHome
    const isBack = room.isFailback(position, index)
    if (isFit && !isHome && !isBack) moves += 1
    if (target === undefined || target.standing === dead) {
      leftOut.set(itemClass.priority, (leftOut.get(itemClass.priority) ?? 0) + 1)
      continue
    }
    // An unfit home is left for another standing alone.
    health += isHome && !isFit ? (bestOfStanding[target.standing] ?? 0) : target.penalty
    aversion += isHome && !isFit ? 0 : (itemClass.aversion?.[index] ?? 0)
  }
  const byPriority = [...leftOut].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, items]) => items)
  return [...byPriority, moves, health, aversion]
}

/** Whether the first is better on the first level on which they differ. */
export function isBetter(one: readonly number[], other: readonly number[]): boolean {
  const level = one.findIndex((value, index) => value !== other[index])
  return level !== -1 && (one[level] ?? 0) < (other[level] ?? 0)
}
