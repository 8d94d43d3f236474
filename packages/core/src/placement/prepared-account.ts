import { relocate } from './relocate.ts'
import type { PlacementItem, PlacementNode } from './placement-input.ts'
import { AccountSearch, type Solution } from './solution.ts'
import { createTargets } from './target.ts'

/** What is told of an account: lists that are identical say the same. */
export interface AccountInput {
  /** In canonical order, as `nodes`. */
  readonly items: readonly PlacementItem[]
  readonly nodes: readonly PlacementNode[]
  /** Unix milliseconds. */
  readonly now: number
}

/** Milliseconds after which what was told at once is solved: what is done about it should have been sent by then. */
const proofDelay = 1000

/** So often an account is told at once what has become of it before it is solved again. */
const mostRelocations = 100

/** To solve an account again costs about so many looks for each of its items and for each pair of a class and a node. */
const looksPerPair = 20

interface Known {
  readonly told: AccountInput
  readonly solution: Solution
  /** What the solution comes from; `undefined`: from the one before, by a relocation. */
  readonly search: AccountSearch | undefined
  /** How often that has been done since it was solved. */
  readonly relocations: number
  /** Unix milliseconds until which the same lists mean the same. */
  readonly holdsUntil: number
  /** Unix milliseconds from which there is more to be found; `undefined`: the search has ended. */
  readonly goesOnAt: number | undefined
}

/** One account, as it was last solved. */
export class PreparedAccount {
  readonly #name: string
  readonly #looks: number
  #known: Known | undefined

  /** `looks`: see `PrepareOptions`. */
  constructor(name: string, looks: number) {
    this.#name = name
    this.#looks = looks
  }

  /** Takes what is told, and goes on searching if that is nothing new; whether there is another solution than before. */
  update(told: AccountInput): boolean {
    const known = this.#known
    if (known === undefined || !saysTheSame(known, told)) {
      this.#known = (known === undefined ? undefined : this.#relocated(known, told)) ?? this.#solved(told)
      return true
    }
    if (known.goesOnAt === undefined || told.now < known.goesOnAt) return false
    if (known.search === undefined) {
      this.#known = this.#solved(told)
      return true
    }
    known.search.advance(this.#looks)
    // Until the end what was found first stays, so that nobody is sent here, then there.
    if (!known.search.isDone) return false
    this.#known = { ...known, solution: known.search.solution(), goesOnAt: undefined }
    return true
  }

  get told(): AccountInput {
    return this.#lastKnown().told
  }

  get solution(): Solution {
    return this.#lastKnown().solution
  }

  get goesOnAt(): number | undefined {
    return this.#lastKnown().goesOnAt
  }

  #lastKnown(): Known {
    if (this.#known === undefined) throw new RangeError('an account must be told something before it is asked')
    return this.#known
  }

  #solved(told: AccountInput): Known {
    const search = new AccountSearch(this.#name, told.items, createTargets(this.#name, told.nodes), told.now)
    search.advance(this.#looks)
    return {
      told,
      solution: search.solution(),
      search,
      relocations: 0,
      holdsUntil: search.roster.holdsUntil,
      goesOnAt: search.isDone ? undefined : told.now,
    }
  }

  /** `undefined`: it has to be solved again, or that takes no time worth speaking of. */
  #relocated(known: Known, told: AccountInput): Known | undefined {
    const { roster, targets } = known.solution
    const pairs = roster.items.length + roster.classes.length * targets.length
    if (pairs * looksPerPair <= this.#looks || known.relocations >= mostRelocations) return undefined
    if (!isInTime(known, told)) return undefined
    const solution = relocate(known.solution, known.told, told, pairs)
    if (solution === undefined) return undefined
    const goesOnAt = told.now + proofDelay
    return { ...known, told, solution, search: undefined, relocations: known.relocations + 1, goesOnAt }
  }
}

function saysTheSame(known: Known, told: AccountInput): boolean {
  return told.items === known.told.items && told.nodes === known.told.nodes && isInTime(known, told)
}

function isInTime({ told: { now }, holdsUntil }: Known, told: AccountInput): boolean {
  return told.now >= now && told.now < holdsUntil
}
