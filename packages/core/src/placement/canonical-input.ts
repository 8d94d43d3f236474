import { compareText } from './order.ts'
import type { PlacementInput, PlacementItem, PlacementNode } from './placement-input.ts'

export interface CanonicalInput {
  /** By name, each name once. */
  readonly items: readonly PlacementItem[]
  /** By name, each name once. */
  readonly nodes: readonly PlacementNode[]
  /** Names of items and nodes that came more than once, sorted. */
  readonly duplicates: readonly string[]
}

/** The input in an order that does not depend on the order in which it came. */
export function canonicalInput({ items, nodes }: PlacementInput): CanonicalInput {
  return canonicalOf(uniqueByName(items), uniqueByName(nodes))
}

export function canonicalOf(items: Unique<PlacementItem>, nodes: Unique<PlacementNode>): CanonicalInput {
  const duplicates = [...new Set([...items.duplicates, ...nodes.duplicates])].sort(compareText)
  return { items: items.kept, nodes: nodes.kept, duplicates }
}

/** By name, each name once. */
export interface Unique<T> {
  readonly kept: readonly T[]
  readonly duplicates: readonly string[]
}

export function uniqueByName<T extends { readonly name: string }>(all: readonly T[]): Unique<T> {
  if (isAscending(all)) return { kept: all, duplicates: [] }
  const byName = new Map<string, T>()
  const duplicates: string[] = []
  for (const one of all) {
    const other = byName.get(one.name)
    if (other !== undefined) duplicates.push(one.name)
    const counts = other === undefined || compareText(canonicalText(one), canonicalText(other)) < 0
    if (counts) byName.set(one.name, one)
  }
  return { kept: [...byName.values()].sort((a, b) => compareText(a.name, b.name)), duplicates }
}

/** As an API server lists objects: then there is nothing to sort, and none comes twice. */
function isAscending(all: readonly { readonly name: string }[]): boolean {
  for (let index = 1; index < all.length; index += 1) {
    if (compareText(all[index - 1]?.name ?? '', all[index]?.name ?? '') >= 0) return false
  }
  return true
}

/** Equal for equal content: keys of objects and maps, and the members of lists, are sorted. */
function canonicalText(value: unknown): string {
  if (value instanceof Map) return canonicalText([...value])
  if (Array.isArray(value)) return `[${value.map(canonicalText).sort(compareText).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? ''
  return canonicalText(Object.entries(value).map(([key, content]) => `${key}=${canonicalText(content)}`))
}
