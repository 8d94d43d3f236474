import type { Claim } from './claim.ts'
import type { CostModel } from './cost.ts'

/** By target: the cheapest way in which one of the claims at a certain target can move on to that target. */
export interface Departures {
  readonly major: Float64Array
  readonly minor: Float64Array
  /** Position of the claim that would move; -1: nobody can. */
  readonly claim: Int32Array
}

export function createDepartures(targets: number): Departures {
  return {
    major: new Float64Array(targets).fill(Number.POSITIVE_INFINITY),
    minor: new Float64Array(targets).fill(Number.POSITIVE_INFINITY),
    claim: new Int32Array(targets).fill(-1),
  }
}

/** Counts in one more claim at the target `here`. */
export function addDeparture(to: Departures, costs: CostModel, claim: Claim, position: number, here: number): void {
  const majorHere = costs.major(claim, here)
  const minorHere = costs.minor(claim, here)
  for (const target of claim.candidates) {
    if (target === here) continue
    const major = costs.major(claim, target) - majorHere
    const minor = costs.minor(claim, target) - minorHere
    const best = to.major[target] ?? 0
    if (major < best || (major === best && minor < (to.minor[target] ?? 0))) {
      to.major[target] = major
      to.minor[target] = minor
      to.claim[target] = position
    }
  }
}
