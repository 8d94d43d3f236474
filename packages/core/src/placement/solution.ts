import { allot } from './allot.ts'
import { type Claim, createClaims } from './claim.ts'
import type { PlacementItem, PlacementNode } from './placement-input.ts'
import { createTarget, nowhere, type Target } from './target.ts'

/** Where the items of one account are placed. */
export interface Solution {
  readonly targets: readonly Target[]
  readonly claims: readonly Claim[]
  /** Index of the claim's target; `nowhere`: none. */
  readonly targetOf: (claim: Claim) => number
  readonly hasRoom: (target: number) => boolean
  readonly loadOf: (target: number) => number
}

/** Accounts share nothing but health: each is solved alone, so that trouble in one never moves the items of another. */
export function solve(items: readonly PlacementItem[], nodes: readonly PlacementNode[], now: number): Solution[] {
  const byAccount = Map.groupBy(items, (item) => item.eligibility.account)
  return [...byAccount].map(([account, ofAccount]) => solveAccount(ofAccount, targetsOf(account, nodes), now))
}

function targetsOf(account: string, nodes: readonly PlacementNode[]): Target[] {
  return nodes.flatMap((node) => {
    const server = node.accounts.get(account)
    return server === undefined ? [] : [createTarget(node, server)]
  })
}

function solveAccount(items: readonly PlacementItem[], targets: readonly Target[], now: number): Solution {
  const claims = createClaims(items, targets, now)
  const placed = allot(targets, claims)
  const loads = targets.map(() => 0)
  for (const target of placed.values()) loads[target] = (loads[target] ?? 0) + 1
  const loadOf = (target: number): number => loads[target] ?? 0
  return {
    targets,
    claims,
    targetOf: (claim) => placed.get(claim) ?? nowhere,
    hasRoom: (target) => loadOf(target) < (targets[target]?.capacity ?? 0),
    loadOf,
  }
}
