import { brokenRule } from './hard-rules.ts'
import { compareText, hashText } from './order.ts'
import type { Eligibility, PlacementItem } from './placement-input.ts'
import { nowhere, type Target } from './target.ts'

/** An item among the targets of its account. */
export interface Claim {
  readonly item: PlacementItem
  /** Indices of the targets that the hard rules allow, ascending. Claims with equal rules share the list. */
  readonly candidates: readonly number[]
  /** Index of its home when the hard rules allow it; else `nowhere`. */
  readonly home: number
  readonly priority: number
  readonly hash: number
}

/** Claims in the order in which they are served: by priority, then by name. */
export function createClaims(items: readonly PlacementItem[], targets: readonly Target[], now: number): Claim[] {
  const shared = new Map<Eligibility, readonly number[]>()
  const indexByName = new Map(targets.map((target, index) => [target.node.name, index]))
  const allowedBy = (rules: Eligibility): readonly number[] => {
    const known = shared.get(rules)
    if (known !== undefined) return known
    const allowed = [...targets.entries()].filter(([, { node }]) => brokenRule(rules, node) === undefined)
    const indices = allowed.map(([index]) => index)
    shared.set(rules, indices)
    return indices
  }

  const createClaim = (item: PlacementItem): Claim => {
    const refused = new Set(refusalsInForce(item, now).map(({ node }) => indexByName.get(node)))
    const allowed = allowedBy(item.eligibility)
    const candidates = refused.size === 0 ? allowed : allowed.filter((index) => !refused.has(index))
    const place = item.home === null ? undefined : indexByName.get(item.home)
    const home = place !== undefined && candidates.includes(place) ? place : nowhere
    const priority = Number.isNaN(item.priority) ? 0 : item.priority
    return { item, candidates, home, priority, hash: hashText(item.name) }
  }
  return items.map(createClaim).sort((a, b) => order(b.priority, a.priority) || compareText(a.item.name, b.item.name))
}

export function refusalsInForce(item: PlacementItem, now: number): readonly { node: string; until: number }[] {
  return (item.refusals ?? []).filter(({ until }) => until > now)
}

/** Unlike a difference, sound for infinities. */
function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
