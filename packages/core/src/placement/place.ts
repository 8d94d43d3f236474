import { Assignments } from './assignments.ts'
import { canonicalInput } from './canonical-input.ts'
import { both } from './flow-search.ts'
import { lookAgainAt } from './look-again.ts'
import type { PlacementInput } from './placement-input.ts'
import type { Certificate, PlacementResult } from './placement-result.ts'
import { problemsOf } from './problems.ts'
import { type Solution, solve } from './solution.ts'

/**
 * Where each item belongs: the optimum by these levels, one after another, whatever the order of the input.
 *
 * 1. As many items as possible on living nodes, the highest priority first; what is left, on dead ones.
 * 2. The fewest moves away from homes that are fit. 3. The least health penalty. 4. The best liked nodes. 5. Staying: a
 * home that is leaving, unfit or dead is left only for a better standing, one whose failback is due only for a node that
 * is liked better. 6. The flattest load (sum of squares over capacity) over the servers of each account.
 * 7. A fixed tie-break.
 *
 * The hard rules (server, location, selector, taints, slots, spread, refusals) are never broken: who has no node by them
 * gets `null`, which says where it belongs, not that it should be taken from where it is. `certificate` says whether the
 * result is proven to be the best; items of several sizes that do not fit easily are the one ordinary reason why not.
 *
 * @example
 * const { assignments } = place({ items, nodes, now: Date.now() })
 * assignments.get('web')?.node // 'node-3'
 */
export function place(input: PlacementInput): PlacementResult {
  const { items, nodes, duplicates } = canonicalInput(input)
  const solutions = solve(items, nodes, input.now)
  return resultOf(solutions, duplicates, lookAgainAt(solutions, input.now))
}

export function resultOf(
  solutions: readonly Solution[],
  duplicates: readonly string[],
  lookAgainAt: number | undefined,
): PlacementResult {
  return {
    assignments: new Assignments(solutions),
    lookAgainAt,
    certificate: solutions.map(({ certificate }) => certificate).reduce(both, nothingPlaced),
    problems: problemsOf(solutions, duplicates),
    duplicates,
  }
}

const nothingPlaced: Certificate = { proven: true, exchanges: 0 }
