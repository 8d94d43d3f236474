import { canonicalInput } from './canonical-input.ts'
import { assigner } from './place.ts'
import type { PlacementInput, PlacementNode } from './placement-input.ts'
import type { Assignment, Explanation, Rejection, RejectionCode } from './placement-result.ts'
import { rejectionOf } from './rejection.ts'
import { type Solution, solve } from './solution.ts'

/**
 * Why the item is where `place` puts it: for every other node the first rule that says no. `undefined`: no such item.
 * It costs one whole placement; for many items of one input use `explainer`.
 */
export function explain(input: PlacementInput, name: string): Explanation | undefined {
  return explainer(input)(name)
}

interface Solved {
  readonly solution: Solution
  readonly assignmentTo: (position: number) => Assignment
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

function closeness({ code }: Rejection): number {
  return closestFirst.indexOf(code)
}

/** `explain` for items of one input: the placement is worked out once, when the first of them is asked for. */
export function explainer(input: PlacementInput): (name: string) => Explanation | undefined {
  let solved: { readonly nodes: readonly PlacementNode[]; readonly solutions: readonly Solved[] } | undefined
  const solveOnce = (): NonNullable<typeof solved> => {
    const { items, nodes } = canonicalInput(input)
    const solutions = solve(items, nodes, input.now)
    return { nodes, solutions: solutions.map((solution) => ({ solution, assignmentTo: assigner(solution) })) }
  }
  return (name) => {
    solved ??= solveOnce()
    const { nodes, solutions } = solved
    for (const { solution, assignmentTo } of solutions) {
      const position = solution.roster.items.findIndex((item) => item.name === name)
      if (position === -1) continue
      const assignment = assignmentTo(position)
      const others = nodes.filter((node) => node.name !== assignment.node)
      const rejections = others.map((node) => ({
        node: node.name,
        ...rejectionOf(solution, position, node, input.now),
      }))
      return { name, assignment, rejections: rejections.sort((a, b) => closeness(a) - closeness(b)) }
    }
    return undefined
  }
}
