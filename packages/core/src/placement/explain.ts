import { assigner } from './assignments.ts'
import { canonicalInput } from './canonical-input.ts'
import { nested } from './nested-map.ts'
import { positionOf } from './order.ts'
import type { PlacementInput, PlacementItem, PlacementNode } from './placement-input.ts'
import type { Assignment, Explanation, Rejection, RejectionCode } from './placement-result.ts'
import { refusalsInForce } from './refusals.ts'
import { rejectionOf } from './rejection.ts'
import { isSound } from './roster.ts'
import { type Solution, solve } from './solution.ts'
import { nowhere } from './target.ts'

/**
 * Why the item is where `place` puts it: for every other node the first rule that says no. `undefined`: no such item.
 * It costs one whole placement; for many items of one input use `explainer`.
 */
export function explain(input: PlacementInput, name: string): Explanation | undefined {
  return explainer(input)(name)
}

export type Explain = (name: string) => Explanation | undefined

/** `explain` for items of one input: the placement is worked out once. */
export function explainer(input: PlacementInput): Explain {
  const { items, nodes } = canonicalInput(input)
  return explanationsOf(solve(items, nodes, input.now), nodes, input.now)
}

/** Why the items are where the solutions put them. `nodes`: in canonical order. */
export function explanationsOf(solutions: readonly Solution[], nodes: readonly PlacementNode[], now: number): Explain {
  const accounts = solutions.map((solution) => new AccountExplanations(solution, nodes, now))
  return (name) => {
    for (const account of accounts) {
      const explanation = account.of(name)
      if (explanation !== undefined) return explanation
    }
    return undefined
  }
}

/** So many lists of rejections are kept: each is as long as there are nodes. */
const mostKept = 200

class AccountExplanations {
  readonly #solution: Solution
  readonly #nodes: readonly PlacementNode[]
  readonly #now: number
  readonly #assignmentTo: (position: number) => Assignment
  /** Items alike are rejected alike: by what is all one to them. */
  readonly #known = new Map<object, Map<string, readonly Rejection[]>>()
  #kept = 0

  constructor(solution: Solution, nodes: readonly PlacementNode[], now: number) {
    this.#solution = solution
    this.#nodes = nodes
    this.#now = now
    this.#assignmentTo = assigner(solution)
  }

  of(name: string): Explanation | undefined {
    const position = positionOf(this.#solution.roster.items, name)
    const item = this.#solution.roster.items[position ?? -1]
    if (position === undefined || item === undefined) return undefined
    return { name, assignment: this.#assignmentTo(position), rejections: this.#rejections(item, position) }
  }

  #rejections(item: PlacementItem, position: number): readonly Rejection[] {
    if (refusalsInForce(item, this.#now).length > 0) return this.#reject(position)
    const { classOf, homeOf, homeKinds } = this.#solution.roster
    const chosen = this.#solution.targetOf[position] ?? nowhere
    const home = homeOf[position] === chosen ? homeKinds[position] : ''
    const key = `${classOf[position]} ${item.slots ?? 1} ${chosen} ${home} ${isSound(item)} ${item.spread?.group ?? ''}`
    const alike = nested(this.#known, item.eligibility)
    const known = alike.get(key) ?? this.#reject(position)
    if (!alike.has(key) && this.#kept < mostKept) {
      alike.set(key, known)
      this.#kept += 1
    }
    return known
  }

  #reject(position: number): readonly Rejection[] {
    const { targets, targetOf } = this.#solution
    const rejections: Rejection[] = []
    // The targets are those nodes that the account has, in the same order.
    let target = 0
    for (const node of this.#nodes) {
      const index = targets[target]?.node === node ? target : nowhere
      if (index !== nowhere) target += 1
      if (index !== nowhere && index === targetOf[position]) continue
      rejections.push({ node: node.name, ...rejectionOf(this.#solution, position, node, index, this.#now) })
    }
    return rejections.sort((a, b) => closeness(a) - closeness(b))
  }
}

/** From the rule that is looked at last to the first: who shows a few shows those that almost served. */
const closestFirst: readonly RejectionCode[] = [
  'TieBreak',
  'MoreLoaded',
  'HomeIsFit',
  'LessPreferred',
  'Unstable',
  'WorseHealth',
  'Unfit',
  'Leaving',
  'Dead',
  'SpreadPerZone',
  'SpreadPerNode',
  'NoFreeSlot',
  'RefusedByProvider',
  'TaintNotTolerated',
  'SelectorMismatch',
  'WrongLocation',
  'NoServer',
]

const placeOfCode: ReadonlyMap<RejectionCode, number> = new Map(closestFirst.map((code, index) => [code, index]))

function closeness({ code }: Rejection): number {
  return placeOfCode.get(code) ?? -1
}
