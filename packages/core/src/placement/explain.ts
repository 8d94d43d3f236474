import { formatInstant } from '../domain/instant.ts'
import { canonicalInput } from './canonical-input.ts'
import { type Claim, refusalsInForce } from './claim.ts'
import { type BrokenRule, brokenRule } from './hard-rules.ts'
import { assignmentOf } from './place.ts'
import type { PlacementInput, PlacementNode } from './placement-input.ts'
import type { Explanation } from './placement-result.ts'
import { rejectionByRank } from './rejection-by-rank.ts'
import { type Solution, solve } from './solution.ts'

/**
 * Why the item is where `place` puts it: for every other node the first rule that says no. `undefined`: no such item.
 * It costs one whole placement; for many items of one input use `explainer`.
 */
export function explain(input: PlacementInput, name: string): Explanation | undefined {
  return explainer(input)(name)
}

/** `explain` for items of one input: the placement is worked out once, when the first of them is asked for. */
export function explainer(input: PlacementInput): (name: string) => Explanation | undefined {
  let solved: { readonly nodes: readonly PlacementNode[]; readonly solutions: readonly Solution[] } | undefined
  const solveOnce = (): NonNullable<typeof solved> => {
    const { items, nodes } = canonicalInput(input)
    return { nodes, solutions: solve(items, nodes, input.now) }
  }
  return (name) => {
    solved ??= solveOnce()
    const { nodes, solutions } = solved
    for (const solution of solutions) {
      const claim = solution.claims.find(({ item }) => item.name === name)
      if (claim === undefined) continue
      const assignment = assignmentOf(solution, claim)
      const others = nodes.filter((node) => node.name !== assignment.node)
      const rejections = others.map((node) => ({ node: node.name, ...rejectionOf(solution, claim, node, input.now) }))
      return { name, assignment, rejections }
    }
    return undefined
  }
}

function rejectionOf(solution: Solution, claim: Claim, node: PlacementNode, now: number): BrokenRule {
  const { item } = claim
  const broken = brokenRule(item.eligibility, node)
  if (broken !== undefined) return broken
  const refusal = refusalsInForce(item, now).find((one) => one.node === node.name)
  if (refusal !== undefined) {
    const until = formatInstant(Math.min(refusal.until, lastInstant))
    return { code: 'RefusedByProvider', message: `The provider refused ${node.name}; it is asked again at ${until}.` }
  }
  const index = solution.targets.findIndex((target) => target.node.name === node.name)
  if (!solution.hasRoom(index)) {
    const slots = solution.targets[index]?.capacity ?? 0
    const message = slots === 0 ? `${node.name} has no slot.` : `${node.name} has ${slots} slots, and all are taken.`
    return { code: 'NoFreeSlot', message }
  }
  return rejectionByRank(solution, claim, index)
}

/** The last that ECMAScript's dates can tell. */
const lastInstant = 8.64e15
