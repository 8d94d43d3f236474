import { canonicalInput } from './canonical-input.ts'
import { resultOf } from './place.ts'
import type { PlacementInput, PlacementItem, PlacementNode } from './placement-input.ts'
import type { Certificate, PlacementResult } from './placement-result.ts'
import { PreparedAccount } from './prepared-account.ts'
import { both } from './solve-flow.ts'
import { solve } from './solution.ts'
import { nowhere } from './target.ts'

/** The node of each item that has another one now; `null`: none. */
export type Relocations = ReadonlyMap<string, string | null>

/**
 * A placement that is kept, so that a change costs what it touches. What a change returns may be acted on at once: it
 * keeps every rule, and those whose node is lost have the best node as things stand. Whether others should make way for
 * something better still is found by `certify`, off the path of a failover; what it returns can wait for a planned move.
 *
 * Homes are as given: `place` of the same input gives a result that is as good on every level, after `certify`.
 */
export interface PreparedPlacement {
  /** The node is dead. */
  nodeLost(name: string): Relocations
  /** The node is new, or anything about it is. */
  nodeChanged(node: PlacementNode): Relocations
  nodeRemoved(name: string): Relocations
  /** The item is new, or anything about it is. */
  itemChanged(item: PlacementItem): Relocations
  itemRemoved(name: string): Relocations
  /** Refusals end and delays pass: everything is looked at again. */
  timeChanged(now: number): Relocations
  certify(): { readonly relocations: Relocations; readonly certificate: Certificate }
  nodeOf(item: string): string | null
  result(): PlacementResult
}

/**
 * @example
 * const prepared = prepare({ items, nodes, now })
 * const relocations = prepared.nodeLost('node-1') // send them off, then
 * const { certificate } = prepared.certify()
 */
export function prepare(input: PlacementInput): PreparedPlacement {
  return new Preparation(input)
}

class Preparation implements PreparedPlacement {
  readonly #nodes: Map<string, PlacementNode>
  readonly #duplicates: readonly string[]
  #now: number
  #accounts: readonly PreparedAccount[]

  constructor(input: PlacementInput) {
    const { items, nodes, duplicates } = canonicalInput(input)
    this.#nodes = new Map(nodes.map((node) => [node.name, node]))
    this.#duplicates = duplicates
    this.#now = input.now
    this.#accounts = solve(items, nodes, input.now).map((solution) => new PreparedAccount(solution))
  }

  nodeLost(name: string): Relocations {
    const node = this.#nodes.get(name)
    if (node === undefined || node.verdict === 'dead') return new Map()
    const gone: PlacementNode = { ...node, verdict: 'dead' }
    this.#nodes.set(name, gone)
    const relocations = new Map<string, string | null>()
    for (const account of this.#accounts) {
      const moved = account.nodeLost(gone)
      if (moved === undefined) return new Map([...relocations, ...this.#solveAgain()])
      for (const [item, target] of moved) relocations.set(item, target)
    }
    return relocations
  }

  nodeChanged(node: PlacementNode): Relocations {
    this.#nodes.set(node.name, node)
    return this.#solveAgain()
  }

  nodeRemoved(name: string): Relocations {
    return this.#nodes.delete(name) ? this.#solveAgain() : new Map()
  }

  itemChanged(item: PlacementItem): Relocations {
    const account = this.#accounts.find((one) => one.name === item.eligibility.account)
    return account?.itemChanged(item) ?? this.#solveAgain([...this.#without(item.name), item])
  }

  itemRemoved(name: string): Relocations {
    const isThere = this.#accounts.some((account) => account.nodeOf(name) !== undefined)
    return isThere ? this.#solveAgain(this.#without(name)) : new Map()
  }

  timeChanged(now: number): Relocations {
    this.#now = now
    return this.#solveAgain()
  }

  certify(): { readonly relocations: Relocations; readonly certificate: Certificate } {
    const outcomes = this.#accounts.map((account) => account.certify())
    return {
      relocations: new Map(outcomes.flatMap(({ relocations }) => [...relocations])),
      certificate: outcomes.map(({ certificate }) => certificate).reduce(both, { proven: true, exchanges: 0 }),
    }
  }

  nodeOf(item: string): string | null {
    for (const account of this.#accounts) {
      const node = account.nodeOf(item)
      if (node !== undefined) return node
    }
    return null
  }

  result(): PlacementResult {
    const solutions = this.#accounts.map((account) => account.solution())
    return resultOf(solutions, this.#duplicates, this.#now)
  }

  #items(): readonly PlacementItem[] {
    return this.#accounts.flatMap(({ items }) => items)
  }

  #without(name: string): readonly PlacementItem[] {
    return this.#items().filter((item) => item.name !== name)
  }

  /** From the plain objects; what changed is told all the same. */
  #solveAgain(changed: readonly PlacementItem[] = this.#items()): Relocations {
    const before = this.#accounts
    const { items, nodes } = canonicalInput({
      items: changed,
      nodes: [...this.#nodes.values()],
      now: this.#now,
    })
    const solutions = solve(items, nodes, this.#now)
    this.#accounts = solutions.map((solution) => new PreparedAccount(solution))
    const old = new Map(before.flatMap((account) => [...account.nodes()]))
    return new Map(
      solutions.flatMap(({ roster, targets, targetOf }) =>
        roster.items.flatMap(({ name }, position): [string, string | null][] => {
          const node = targets[targetOf[position] ?? nowhere]?.node.name ?? null
          return old.get(name) === node ? [] : [[name, node]]
        }),
      ),
    )
  }
}
