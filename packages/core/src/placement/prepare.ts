import { type Explain, explanationsOf } from './explain.ts'
import { InputMemory } from './input-memory.ts'
import { lookAgainAt } from './look-again.ts'
import { resultOf } from './place.ts'
import type { PlacementInput } from './placement-input.ts'
import type { PlacementResult } from './placement-result.ts'
import { PreparedAccount } from './prepared-account.ts'

export interface PrepareOptions {
  /**
   * How many steps of exchanges one update looks at, at most, in each account: a million take about 30 milliseconds. Default: two million.
   */
  readonly looks?: number
}

/**
 * A placement that goes along with its input. What takes no long search is exact at once, as `place` is. Of what does, an
 * update gives what may be acted on at once, since it keeps every rule, with a certificate that says `Pending`; and it
 * asks to be looked at again (`lookAgainAt`): then updates with the same input go on searching for the best, and its proof.
 *
 * - In an account that takes long to solve a lost node costs no more than what was on it: those items are told new nodes,
 *   all others stay (see `relocate`). It is solved again a second after the last such change, so that this is not in the
 *   way of what is being done about it.
 * - Otherwise that is what the greedy steps and the exchanges so far have come to.
 *
 * Once what was acted on is the input, whoever arrived is at a fit home, and is not moved again for a flatter load or a
 * node that is liked better.
 */
export interface PreparedPlacement {
  /** Costs little where the input says the same as before. Its lists and objects must not be changed afterwards. */
  update(input: PlacementInput): PlacementResult
  /** Why the items are where the last update put them. */
  readonly explain: Explain
}

/**
 * @example
 * const placement = prepare()
 * const { assignments, lookAgainAt } = placement.update({ items, nodes, now: Date.now() })
 */
export function prepare({ looks = 2_000_000 }: PrepareOptions = {}): PreparedPlacement {
  return new Preparation(looks)
}

class Preparation implements PreparedPlacement {
  readonly #looks: number
  readonly #memory = new InputMemory()
  #accounts: ReadonlyMap<string, PreparedAccount> = new Map()
  #last: { readonly duplicates: readonly string[]; readonly result: PlacementResult } | undefined
  #explain: Explain | undefined

  constructor(looks: number) {
    this.#looks = looks
  }

  update(input: PlacementInput): PlacementResult {
    const { accounts: itemsOf, nodes, duplicates } = this.#memory.take(input)
    const { now } = input
    let isNew = itemsOf.size !== this.#accounts.size || String(this.#last?.duplicates) !== String(duplicates)
    const accounts = new Map<string, PreparedAccount>()
    for (const [name, items] of itemsOf) {
      const account = this.#accounts.get(name) ?? new PreparedAccount(name, this.#looks)
      accounts.set(name, account)
      if (account.update({ items, nodes, now })) isNew = true
    }
    this.#accounts = accounts
    const goOnAt = [...accounts.values()].flatMap(({ goesOnAt }) => goesOnAt ?? [])
    const isPending = goOnAt.length > 0
    if (this.#last === undefined || isNew) {
      const solutions = [...accounts.values()].map(({ solution }) => solution)
      const result = resultOf(solutions, duplicates, isPending ? now : lookAgainAt(solutions, now))
      this.#last = { duplicates, result }
      this.#explain = undefined
    }
    return isPending ? { ...this.#last.result, lookAgainAt: Math.min(...goOnAt) } : this.#last.result
  }

  get explain(): Explain {
    this.#explain ??= this.#explanations()
    return this.#explain
  }

  #explanations(): Explain {
    const each = [...this.#accounts.values()].map(({ solution, told }) =>
      explanationsOf([solution], told.nodes, told.now),
    )
    return (name) => {
      for (const explain of each) {
        const explanation = explain(name)
        if (explanation !== undefined) return explanation
      }
      return undefined
    }
  }
}
