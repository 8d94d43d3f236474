import { unitOf } from '@failover-ip/core'
import type { Capabilities } from '@failover-ip/provider'
import type { Problem } from './problem.ts'

/** Somebody who wants addresses. */
export interface Claimant {
  readonly key: string
  readonly uid: string
  readonly createdAt: number
  readonly addresses: readonly string[]
}

interface Claim {
  readonly key: string
  readonly address: string
}

/**
 * Who may have which routed unit: of several the older, of the same age that with the lower uid. Gives the problem of
 * each that may not, by key. One that has a problem holds nothing back from the others.
 */
export function judgeClaims(
  claimants: readonly Claimant[],
  prefixLength: Capabilities['unitPrefixLength'],
): ReadonlyMap<string, Problem> {
  const claims = new Map<string, Claim>()
  const problems = new Map<string, Problem>()
  for (const { key, addresses } of claimants.toSorted(byAge)) {
    const wanted = addresses.map((address) => ({ address, unit: unitOf(address, prefixLength) ?? address }))
    const problem = wanted.map(({ address, unit }) => conflictOf(claims.get(unit), address, unit)).find(isProblem)
    if (problem !== undefined) problems.set(key, problem)
    else for (const { address, unit } of wanted) claims.set(unit, { key, address })
  }
  return problems
}

function byAge(a: Claimant, b: Claimant): number {
  return a.createdAt - b.createdAt || (a.uid < b.uid ? -1 : 1)
}

function conflictOf(claim: Claim | undefined, address: string, unit: string): Problem | undefined {
  if (claim === undefined) return undefined
  return claim.address === address
    ? {
        reason: 'AddressInUse',
        message: `The older FailoverIP ${claim.key} has ${address}: take it out of one of the two.`,
      }
    : {
        reason: 'SharesRoutedUnit',
        message: `${address} lies in ${unit}, which is routed as a whole, and the older FailoverIP ${claim.key} has ${claim.address} in it: put both addresses into one FailoverIP.`,
      }
}

function isProblem(problem: Problem | undefined): problem is Problem {
  return problem !== undefined
}
