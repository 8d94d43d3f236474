import type { PlacementInput, PlacementNode } from '@failover-ip/core'
import { hash } from './hash.ts'
import { candidates, zoneOf } from './scene.ts'

const headroom = 1.25

/**
 * Consistent hashing with bounded loads (Mirrokni, Thorup, Zadimoghaddam, arXiv 1608.01350): each address goes to the
 * first node clockwise on the ring that it may use and that has less than 1.25 times the average, or a free slot.
 */
export function boundedLoads(input: PlacementInput): ReadonlyMap<string, string | null> {
  const candidatesOf = candidates(input)
  const living = input.nodes.filter(({ verdict }) => verdict !== 'dead')
  const bound = Math.ceil((headroom * input.items.length) / Math.max(1, living.length))
  const rings = new Map<object, readonly { readonly node: PlacementNode; readonly at: number }[]>()
  const loads = new Map<PlacementNode, number>()
  const chosen = new Map<string, string | null>()
  for (const item of input.items) {
    const nodes = candidatesOf(item)
    const ring = rings.get(nodes) ?? nodes.map((node) => ({ node, at: hash(node.name) })).sort((a, b) => a.at - b.at)
    rings.set(nodes, ring)
    const start = firstAtOrAfter(ring, hash(item.name))
    let node: PlacementNode | undefined
    for (let step = 0; step < ring.length && node === undefined; step += 1) {
      const candidate = ring[(start + step) % ring.length]?.node
      if (candidate !== undefined && (loads.get(candidate) ?? 0) < limitOf(candidate, bound)) node = candidate
    }
    if (node !== undefined) loads.set(node, (loads.get(node) ?? 0) + 1)
    chosen.set(item.name, node?.name ?? null)
  }
  return chosen
}

function limitOf(node: PlacementNode, bound: number): number {
  const slots = zoneOf(node) === undefined ? 0 : (node.accounts.get('cloud')?.capacity ?? Infinity)
  return Math.min(slots, bound)
}

function firstAtOrAfter(ring: readonly { readonly at: number }[], value: number): number {
  let [low, high] = [0, ring.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ring[middle]?.at ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
