import type { Claim } from './claim.ts'
import type { DecidingLevel } from './placement-result.ts'
import { comparePreference, preferenceLevels } from './preference.ts'
import type { Solution } from './solution.ts'
import { nowhere } from './target.ts'

/** The level that told the chosen target from the last of its rivals. */
export function decidingLevel(solution: Solution, claim: Claim): DecidingLevel {
  const chosen = solution.targetOf(claim)
  if (chosen === nowhere) return 'none'
  const isRival = (index: number): boolean => index !== chosen && solution.hasRoom(index)
  if (!claim.candidates.some(isRival)) return 'only'
  if (isFitHome(solution, claim)) return 'sticky'
  let last = 0
  for (const rival of claim.candidates) {
    if (isRival(rival)) last = Math.max(last, comparePreference(solution, claim, chosen, rival).level)
  }
  return preferenceLevels[last] ?? 'hash'
}

/** It stays at a home that the hard rules allow and that is neither unfit, dead nor, unless it is held, leaving. */
export function isFitHome(solution: Solution, claim: Claim): boolean {
  const chosen = solution.targetOf(claim)
  if (chosen === nowhere || chosen !== claim.home) return false
  return claim.item.homeHeld === true || solution.targets[chosen]?.standing === 0
}
