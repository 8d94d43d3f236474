import { byAccount } from './solution.ts'
import { type CanonicalInput, canonicalOf, type Unique, uniqueByName } from './canonical-input.ts'
import { positionOf } from './order.ts'
import type { PlacementInput, PlacementItem, PlacementNode } from './placement-input.ts'
import { ItemComparison, sameNode } from './same-input.ts'

export interface RememberedInput extends CanonicalInput {
  /** The items of each account, in canonical order. */
  readonly accounts: ReadonlyMap<string, readonly PlacementItem[]>
}

/**
 * Goes along with inputs: what says the same as before, told in new objects or not, is given back as the very objects and
 * lists of before. So whoever comes after it finds what has changed by asking what is not identical.
 */
export class InputMemory {
  readonly #items = new ListMemory<PlacementItem>()
  readonly #nodes = new ListMemory<PlacementNode>()
  #split: { readonly items: readonly PlacementItem[]; readonly accounts: RememberedInput['accounts'] } | undefined

  take({ items, nodes }: PlacementInput): RememberedInput {
    const comparison = new ItemComparison()
    const known = this.#items.take(items, (one, other) => keepItem(one, other, comparison))
    const input = canonicalOf(known, this.#nodes.take(nodes, keepNode))
    if (this.#split?.items !== input.items) this.#split = { items: input.items, accounts: this.#splitUp(input.items) }
    return { ...input, accounts: this.#split.accounts }
  }

  /** The list of an account in which nothing has changed stays the same list. */
  #splitUp(items: readonly PlacementItem[]): RememberedInput['accounts'] {
    const accounts = new Map<string, readonly PlacementItem[]>()
    for (const [account, ours] of byAccount(items)) {
      const before = this.#split?.accounts.get(account)
      const isSame = before?.length === ours.length && ours.every((item, index) => item === before[index])
      accounts.set(account, isSame ? before : ours)
    }
    return accounts
  }
}

function keepNode(known: PlacementNode, told: PlacementNode): PlacementNode {
  return sameNode(known, told) ? known : told
}

function keepItem(known: PlacementItem, told: PlacementItem, comparison: ItemComparison): PlacementItem {
  if (!comparison.sameButForHome(known, told)) return told
  return known.home === told.home ? known : { ...known, home: told.home }
}

class ListMemory<T extends { readonly name: string }> {
  /** As it was told, in that order. */
  #told: readonly T[] = []
  #unique: Unique<T> = { kept: [], duplicates: [] }

  /** `keep`: the known one if the one that is told says the same; both have one name. */
  take(told: readonly T[], keep: (known: T, told: T) => T): Unique<T> {
    if (told === this.#told) return this.#unique
    const changes = this.#changes(told, keep)
    if (changes === undefined || (changes.size > 0 && this.#unique.duplicates.length > 0)) {
      this.#told = told
      this.#unique = uniqueByName(told)
    } else if (changes.size > 0) {
      this.#apply(changes)
    }
    return this.#unique
  }

  /** By place in the list; `undefined`: other names, or in another order. */
  #changes(told: readonly T[], keep: (known: T, told: T) => T): ReadonlyMap<number, T> | undefined {
    if (told.length !== this.#told.length) return undefined
    const changes = new Map<number, T>()
    for (let place = 0; place < told.length; place += 1) {
      const [known, one] = [this.#told[place], told[place]]
      if (known === one || known === undefined || one === undefined) continue
      if (known.name !== one.name) return undefined
      const kept = keep(known, one)
      if (kept !== known) changes.set(place, kept)
    }
    return changes
  }

  #apply(changes: ReadonlyMap<number, T>): void {
    const { kept, duplicates } = this.#unique
    const isInOrder = kept === this.#told
    const list = [...this.#told]
    for (const [place, one] of changes) list[place] = one
    this.#told = list
    if (isInOrder) {
      this.#unique = { kept: list, duplicates }
      return
    }
    const ordered = [...kept]
    for (const one of changes.values()) ordered[positionOf(kept, one.name) ?? 0] = one
    this.#unique = { kept: ordered, duplicates }
  }
}
