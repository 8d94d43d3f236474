import type { Claim } from './claim.ts'
import { comparePreference } from './preference.ts'
import type { Solution } from './solution.ts'
import { dead } from './target.ts'

const most = 3

/** Where the claim would go next if it alone had to: living targets with room, best first. */
export function standbysOf(solution: Solution, claim: Claim): string[] {
  const { targets } = solution
  const chosen = solution.targetOf(claim)
  const best: number[] = []
  for (const index of claim.candidates) {
    if (index === chosen || targets[index]?.standing === dead || !solution.hasRoom(index)) continue
    let place = best.length
    while (place > 0 && isBetter(solution, claim, index, best[place - 1])) place -= 1
    if (place === most) continue
    best.splice(place, 0, index)
    if (best.length > most) best.pop()
  }
  return best.flatMap((index) => targets[index]?.node.name ?? [])
}

function isBetter(solution: Solution, claim: Claim, one: number, other: number | undefined): boolean {
  return other !== undefined && comparePreference(solution, claim, one, other).difference < 0
}
