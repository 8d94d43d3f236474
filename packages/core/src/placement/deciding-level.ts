import type { DecidingLevel } from './placement-result.ts'
import type { RivalBook } from './rivals.ts'
import type { Room } from './room.ts'
import { fitHome } from './roster.ts'
import { nowhere } from './target.ts'

/** The level that told the chosen target from the last of its rivals. */
export function decidingLevel(room: Room, position: number, rivals: RivalBook): DecidingLevel {
  const chosen = room.targetOf[position] ?? nowhere
  if (chosen === nowhere) return 'none'
  if (isAtFitHome(room, position)) return 'sticky'
  const { all, sameStanding, standingAsLiked, sameHealth, alsoAsLiked, alsoAsLoaded } = rivals.of(position)
  if (all === 0) return 'only'
  if (room.roster.homeOf[position] === chosen && sameStanding > 0) {
    // Within its standing a home is as good as the healthiest, and an unfit one as good as the best liked.
    return room.targets[chosen]?.standing === 0 && standingAsLiked === 0 ? 'preference' : 'home'
  }
  if (sameHealth === 0) return 'health'
  if (alsoAsLiked === 0) return 'preference'
  return alsoAsLoaded === 0 ? 'load' : 'hash'
}

/** It stays at a home that the hard rules allow and that is neither unfit, dead nor, unless it is held, leaving. */
export function isAtFitHome({ roster, targetOf }: Room, position: number): boolean {
  const home = roster.homeOf[position] ?? nowhere
  return home !== nowhere && targetOf[position] === home && roster.homeKinds[position] === fitHome
}
