import type { Claim } from './claim.ts'
import { comparePreferences, type Preference, preferenceFor } from './preference.ts'
import type { Solution } from './solution.ts'
import { dead } from './target.ts'

const most = 3

/** Where the claim would go next if it alone had to: living targets with room, best first. */
export function standbysOf(solution: Solution, claim: Claim): string[] {
  const best: { name: string; preference: Preference }[] = []
  for (const index of claim.candidates) {
    const target = solution.targets[index]
    if (target === undefined || target.standing === dead) continue
    if (index === solution.targetOf(claim) || !solution.hasRoom(index)) continue
    const preference = preferenceFor(solution, claim, index)
    const place = best.findIndex((other) => comparePreferences(preference, other.preference) < 0)
    if (place === -1 && best.length === most) continue
    best.splice(place === -1 ? best.length : place, 0, { name: target.node.name, preference })
    best.length = Math.min(best.length, most)
  }
  return best.map(({ name }) => name)
}
