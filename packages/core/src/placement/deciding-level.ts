import type { Claim } from './claim.ts'
import { nowhere } from './cost.ts'
import type { DecidingLevel } from './placement-result.ts'
import { firstDifference, type Preference, preferenceFor } from './preference.ts'
import type { Solution } from './solution.ts'

const levelOf: Readonly<Record<keyof Preference, DecidingLevel>> = {
  standing: 'health',
  penalty: 'health',
  away: 'home',
  load: 'load',
  rank: 'hash',
}
const order: readonly DecidingLevel[] = ['health', 'home', 'load', 'hash']

/** The level that told the chosen target from the last of its rivals. */
export function decidingLevel(solution: Solution, claim: Claim): DecidingLevel {
  const chosen = solution.targetOf(claim)
  if (chosen === nowhere) return 'none'
  const rivals = claim.candidates.filter((index) => index !== chosen && solution.hasRoom(index))
  if (rivals.length === 0) return 'only'
  if (isFitHome(solution, claim)) return 'sticky'
  const own = preferenceFor(solution, claim, chosen)
  let last = 0
  for (const rival of rivals) {
    const difference = firstDifference(own, preferenceFor(solution, claim, rival)) ?? 'rank'
    last = Math.max(last, order.indexOf(levelOf[difference]))
  }
  return order[last] ?? 'hash'
}

/** It stays at a home that the hard rules allow and that is neither leaving, unfit nor dead. */
export function isFitHome(solution: Solution, claim: Claim): boolean {
  const chosen = solution.targetOf(claim)
  return chosen !== nowhere && chosen === claim.home && solution.targets[chosen]?.standing === 0
}
