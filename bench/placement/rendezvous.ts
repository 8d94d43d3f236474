import type { PlacementInput } from '@failover-ip/core'
import { hash, mix } from './hash.ts'
import { candidates } from './scene.ts'

/**
 * Rendezvous hashing, as MetalLB's speakers elect in layer 2: of its candidates an address takes the one with the highest
 * hash of both names. It needs no state and knows neither homes nor slots. (MetalLB hashes with SHA-256; this is cheaper.)
 */
export function rendezvous(input: PlacementInput): ReadonlyMap<string, string | null> {
  const candidatesOf = candidates(input)
  const hashes = new Map(input.nodes.map(({ name }) => [name, hash(name)]))
  const lists = new Map<object, readonly number[]>()
  const chosen = new Map<string, string | null>()
  for (const item of input.items) {
    const nodes = candidatesOf(item)
    const nodeHashes = lists.get(nodes) ?? nodes.map(({ name }) => hashes.get(name) ?? 0)
    lists.set(nodes, nodeHashes)
    const own = hash(item.name)
    let [best, most] = [-1, -1]
    for (let index = 0; index < nodeHashes.length; index += 1) {
      const score = mix(own ^ (nodeHashes[index] ?? 0))
      if (score > most) [best, most] = [index, score]
    }
    chosen.set(item.name, nodes[best]?.name ?? null)
  }
  return chosen
}
