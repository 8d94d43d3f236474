import { canonicalInput } from './canonical-input.ts'
import { decidingLevel } from './deciding-level.ts'
import { lookAgainAt } from './look-again.ts'
import type { PlacementInput } from './placement-input.ts'
import type { Assignment, PlacementResult } from './placement-result.ts'
import { type Solution, solve } from './solution.ts'
import { standbysOf } from './standbys.ts'
import type { Claim } from './claim.ts'
import { compareText } from './order.ts'
import { nowhere } from './target.ts'

/**
 * Where each item belongs: the optimum by these levels, one after another, whatever the order of the input.
 *
 * 1. As many items as possible on living nodes, the highest priority first; what is left, on dead ones.
 * 2. The fewest moves away from homes that are fit. A home that is leaving, unfit or dead is left only for a better one.
 * 3. The least health penalty. 4. Staying. 5. The flattest load (sum of squares) over the servers of each account.
 * 6. A fixed tie-break.
 *
 * The hard rules (server, location, selector, taints, slots, refusals) are never broken: who has no node by them gets
 * `null`, which says where it belongs, not that it should be taken from where it is.
 *
 * @example
 * const { assignments } = place({ items, nodes, now: Date.now() })
 * assignments.get('web')?.node // 'node-3'
 */
export function place(input: PlacementInput): PlacementResult {
  const { items, nodes, duplicates } = canonicalInput(input)
  const solutions = solve(items, nodes, input.now)
  const assignments = solutions.flatMap((solution) =>
    solution.claims.map((claim): [string, Assignment] => [claim.item.name, assignmentOf(solution, claim)]),
  )
  return {
    assignments: new Map(assignments.sort(([a], [b]) => compareText(a, b))),
    lookAgainAt: lookAgainAt(solutions, input.now),
    duplicates,
  }
}

export function assignmentOf(solution: Solution, claim: Claim): Assignment {
  const chosen = solution.targetOf(claim)
  return {
    node: chosen === nowhere ? null : (solution.targets[chosen]?.node.name ?? null),
    level: decidingLevel(solution, claim),
    standbys: standbysOf(solution, claim),
  }
}
