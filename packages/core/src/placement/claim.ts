import { brokenRule } from './hard-rules.ts'
import { compareText, hashText } from './order.ts'
import type { Eligibility, PlacementItem } from './placement-input.ts'
import type { Target } from './target.ts'

/** An item among the targets of its account. */
export interface Claim {
  readonly item: PlacementItem
  /** Indices of the targets that the hard rules allow, ascending. Claims with equal rules share the list. */
  readonly candidates: readonly number[]
  /** Index of its home when the hard rules allow it; else -1. */
  readonly home: number
  readonly priority: number
  readonly hash: number
}

/** Claims in the order in which they are served: by priority, then by name. */
export function createClaims(items: readonly PlacementItem[], targets: readonly Target[], now: number): Claim[] {
  const shared = new Map<Eligibility, readonly number[]>()
  const indexByName = new Map(targets.map((target, index) => [target.node.name, index]))
  const newcomers = (rules: Eligibility): readonly number[] => {
    const known = shared.get(rules)
    if (known !== undefined) return known
    const allowed = [...targets.keys()].filter((index) => allows(rules, targets[index], false))
    shared.set(rules, allowed)
    return allowed
  }

  const createClaim = (item: PlacementItem): Claim => {
    const place = item.home === null ? -1 : (indexByName.get(item.home) ?? -1)
    const refused = new Set(refusalsInForce(item, now).map(({ node }) => indexByName.get(node)))
    const settled = !refused.has(place) && allows(item.eligibility, targets[place], true)
    let candidates = newcomers(item.eligibility)
    if (refused.size > 0) candidates = candidates.filter((index) => !refused.has(index))
    if (settled && !candidates.includes(place)) candidates = [...candidates, place].sort((a, b) => a - b)
    const priority = Number.isNaN(item.priority) ? 0 : item.priority
    return { item, candidates, home: settled ? place : -1, priority, hash: hashText(item.name) }
  }
  return items.map(createClaim).sort((a, b) => order(b.priority, a.priority) || compareText(a.item.name, b.item.name))
}

export function refusalsInForce(item: PlacementItem, now: number): readonly { node: string; until: number }[] {
  return (item.refusals ?? []).filter(({ until }) => until > now)
}

function allows(rules: Eligibility, target: Target | undefined, settled: boolean): boolean {
  return target !== undefined && brokenRule(rules, target.node, settled) === undefined
}

/** Unlike a difference, sound for infinities. */
function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
