import type { PlacementInput } from '@failover-ip/core'

export interface Judgement {
  /** Items that leave a home on a living node. */
  readonly moves: number
  readonly unserved: number
  readonly maxLoad: number
  readonly minLoad: number
  /** Items above the slots of their node. */
  readonly overfull: number
}

/** What a method made of the input, whatever it promises. */
export function judge(input: PlacementInput, nodeOf: ReadonlyMap<string, string | null>): Judgement {
  const living = new Set(input.nodes.filter(({ verdict }) => verdict !== 'dead').map(({ name }) => name))
  const loads = new Map([...living].map((name) => [name, 0]))
  let [moves, unserved] = [0, 0]
  for (const { name, home } of input.items) {
    const node = nodeOf.get(name) ?? null
    if (node === null) unserved += 1
    else loads.set(node, (loads.get(node) ?? 0) + 1)
    if (home !== null && living.has(home) && node !== home) moves += 1
  }
  const slots = new Map(input.nodes.map(({ name, accounts }) => [name, accounts.get('cloud')?.capacity ?? Infinity]))
  const above = [...loads].map(([name, load]) => Math.max(0, load - (slots.get(name) ?? 0)))
  const values = [...loads.values()]
  return {
    moves,
    unserved,
    maxLoad: values.reduce((a, b) => Math.max(a, b), 0),
    minLoad: values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    overfull: above.reduce((sum, more) => sum + more, 0),
  }
}
