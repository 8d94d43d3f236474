import { place } from '@failover-ip/core'
import type { Eligibility, PlacementInput, PlacementItem, PlacementNode } from '@failover-ip/core'

export interface Scene {
  readonly items: number
  readonly nodes: number
  /** Different hard rules; with three priorities each. */
  readonly classes: number
  /** Slots: no limit, 5 % more than items, or 5 % less. */
  readonly room: 'ample' | 'tight' | 'scarce'
}

const zones = 5
const pools = 4
/** As many nodes have one of each zone in each pool. */
const fewestForPools = zones * pools

/**
 * Nodes in five zones and four pools, with more than 100 rules on shelves, too. A third of the items is bound to a pool, a
 * third to a zone, a third to both; with shelves, a fifth of them to one of these.
 */
export function createScene({ items, nodes, classes, room }: Scene): PlacementInput {
  const slots = { ample: null, tight: Math.ceil((1.05 * items) / nodes), scarce: Math.floor((0.95 * items) / nodes) }[
    room
  ]
  const rules = Array.from({ length: classes }, (_, index) => createRules(index, classes, nodes))
  return {
    now: 0,
    nodes: Array.from({ length: nodes }, (_, index) => createNode(index, slots, classes)),
    items: Array.from({ length: items }, (_, index) => createItem(index, rules)),
  }
}

/** In the order of their names, as an API server lists objects. */
function createItem(index: number, rules: readonly Eligibility[]): PlacementItem {
  const eligibility = rules[(index * 7919) % rules.length]
  if (eligibility === undefined) throw new RangeError('there must be rules')
  return { name: `ip-${String(index).padStart(7, '0')}`, home: null, priority: Math.floor(index / 7) % 3, eligibility }
}

function createNode(index: number, capacity: number | null, classes: number): PlacementNode {
  const location = `zone-${index % zones}`
  const pool = `pool-${Math.floor(index / zones) % pools}`
  return {
    name: `node-${String(index).padStart(5, '0')}`,
    labels: { pool, ...(classes > 100 ? { shelf: `shelf-${Math.floor(index / 20) % (classes / 20)}` } : {}) },
    taints: [],
    verdict: 'healthy',
    rank: 0,
    unstable: false,
    accounts: new Map([['cloud', { location, capacity }]]),
  }
}

function createRules(index: number, classes: number, nodes: number): Eligibility {
  const location = index % 3 === 0 ? null : `zone-${Math.floor(index / 3) % zones}`
  const isPooled = index % 3 !== 1 && nodes >= fewestForPools
  const pool: Record<string, string> = !isPooled ? {} : { pool: `pool-${Math.floor(index / 15) % pools}` }
  const shelf = classes > 100 && index % 5 === 0 ? { shelf: `shelf-${Math.floor(index / 60) % (classes / 20)}` } : {}
  return { account: 'cloud', location, nodeSelector: { ...pool, ...shelf }, tolerations: [] }
}

/** What makes the proof long: nodes are liked, pairs are kept apart, items differ in size and slots are short. */
export const wishes = ['preferences', 'spread', 'sizes'] as const

export function withWishes({ items, nodes, now }: PlacementInput, wish: (typeof wishes)[number]): PlacementInput {
  const shelves = 37
  const lists = Array.from({ length: 20 }, (_, index) => [
    { weight: 1 + ((index * 29) % 100), nodeSelector: { liked: `${(index * 11) % shelves}` } },
    { weight: 1 + ((index * 53) % 100), nodeSelector: { pool: `pool-${index % pools}` } },
  ])
  const capacity = Math.ceil(((wish === 'sizes' ? 1.9 : 1.5) * items.length) / nodes.length)
  return {
    now,
    nodes: nodes.map((node, index) => ({
      ...node,
      labels: { ...node.labels, liked: `${index % shelves}` },
      accounts: new Map([...node.accounts].map(([name, server]) => [name, { ...server, capacity }])),
    })),
    items: items.map((item, index): PlacementItem => {
      if (wish === 'spread') return { ...item, spread: { group: `pair-${index >> 1}`, maxPerNode: 1 } }
      if (wish === 'sizes') return { ...item, slots: 1 + ((index * 31) % 3) }
      return { ...item, preferences: lists[(index * 13) % lists.length] ?? [] }
    }),
  }
}

/** Everything where `place` puts it. */
export function settled(input: PlacementInput): PlacementInput {
  const { assignments } = place(input)
  return { ...input, items: input.items.map((item) => ({ ...item, home: assignments.get(item.name)?.node ?? null })) }
}

export function losing(input: PlacementInput, isLost: (node: PlacementNode) => boolean): PlacementInput {
  const nodes = input.nodes.map((node): PlacementNode => (isLost(node) ? { ...node, verdict: 'dead', rank: 9 } : node))
  return { ...input, nodes }
}

export function zoneOf({ accounts }: PlacementNode): string | undefined {
  return accounts.get('cloud')?.location
}

/** Whether the item's own rules allow the node, for methods that know no more than that. */
export function isCandidate({ eligibility }: PlacementItem, node: PlacementNode): boolean {
  if (node.verdict === 'dead') return false
  if (eligibility.location !== null && eligibility.location !== zoneOf(node)) return false
  return Object.entries(eligibility.nodeSelector).every(([key, value]) => node.labels[key] === value)
}

/** The candidates of each item; items with the same rules share the list. */
export function candidates({ items, nodes }: PlacementInput): (item: PlacementItem) => readonly PlacementNode[] {
  const known = new Map<Eligibility, readonly PlacementNode[]>()
  for (const item of items) {
    if (!known.has(item.eligibility))
      known.set(
        item.eligibility,
        nodes.filter((node) => isCandidate(item, node)),
      )
  }
  return ({ eligibility }) => known.get(eligibility) ?? []
}
