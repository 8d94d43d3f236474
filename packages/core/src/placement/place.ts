import { canonicalInput } from './canonical-input.ts'
import { decidingLevel } from './deciding-level.ts'
import { lookAgainAt } from './look-again.ts'
import { nested } from './nested-map.ts'
import { compareText } from './order.ts'
import type { PlacementInput } from './placement-input.ts'
import type { Assignment, Certificate, PlacementResult } from './placement-result.ts'
import { problemsOf } from './problems.ts'
import { RivalBook } from './rivals.ts'
import type { Room } from './room.ts'
import { type Solution, solve } from './solution.ts'
import { both } from './solve-flow.ts'
import { StandbyBook } from './standbys.ts'
import { nowhere } from './target.ts'

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
  return resultOf(solve(items, nodes, input.now), duplicates, input.now)
}

export function resultOf(solutions: readonly Solution[], duplicates: readonly string[], now: number): PlacementResult {
  return {
    assignments: assignmentsOf(solutions),
    lookAgainAt: lookAgainAt(solutions, now),
    certificate: solutions.map(({ certificate }) => certificate).reduce(both, nothingPlaced),
    problems: problemsOf(solutions, duplicates),
    duplicates,
  }
}

const nothingPlaced: Certificate = { proven: true, exchanges: 0 }

/** By name, in its order. */
function assignmentsOf(solutions: readonly Solution[]): ReadonlyMap<string, Assignment> {
  const assignments = new Map<string, Assignment>()
  for (const solution of solutions) {
    const assignmentTo = assigner(solution)
    let position = 0
    for (const { name } of solution.roster.items) {
      assignments.set(name, assignmentTo(position))
      position += 1
    }
  }
  if (solutions.length <= 1) return assignments
  return new Map([...assignments].sort(([a], [b]) => compareText(a, b)))
}

/** Tells the assignment of an item of the solution: one object for all that are alike. */
export function assigner({ targets, targetOf, room }: Solution): (position: number) => Assignment {
  const rivals = new RivalBook(room)
  const standbys = new StandbyBook(room)
  const known = new Map<number, Map<number, Assignment>>()
  return (position) => {
    const chosen = targetOf[position] ?? nowhere
    const ofSize = nested(known, room.slotsOf(position))
    const alike = kindOf(room, position, chosen)
    const assignment = ofSize.get(alike) ?? {
      node: chosen === nowhere ? null : (targets[chosen]?.node.name ?? null),
      level: decidingLevel(room, position, rivals),
      standbys: standbys.of(position),
    }
    ofSize.set(alike, assignment)
    return assignment
  }
}

/** One number for items of one class at one target, at home there or not. */
function kindOf({ roster, targets }: Room, position: number, chosen: number): number {
  const tie = roster.homeOf[position] === chosen ? (roster.homeKinds[position] ?? 0) : 0
  return (((roster.classOf[position] ?? -1) + 1) * (targets.length + 1) + chosen + 1) * 3 + tie
}
