import { createCostModel } from './cost.ts'
import { expand } from './expand.ts'
import { fill } from './fill.ts'
import { Flow } from './flow.ts'
import { improve } from './improve.ts'
import type { Certificate } from './placement-result.ts'
import type { Roster } from './roster.ts'
import { stick } from './stick.ts'
import { dead, nowhere, type Target } from './target.ts'

/**
 * Places the items of one account: on the living targets, and what those leave over on the dead ones, where it does no
 * harm and is at home. `capacities`, in items, by target. `targetOf` receives the target of each item or `nowhere`.
 * `certify` betters what the greedy steps leave.
 */
export function solveFlow(
  targets: readonly Target[],
  capacities: readonly number[],
  roster: Roster,
  targetOf: Int32Array,
  certify: (flow: Flow) => Certificate = improve,
): FlowOutcome {
  targetOf.fill(nowhere)
  const living = targets.map(({ standing }, index) => (standing === dead ? 0 : (capacities[index] ?? 0)))
  const outcome = solveAmong(targets, living, roster, unplaced(targetOf), targetOf, certify)
  const left = unplaced(targetOf)
  const gone = targets.map(({ standing }, index) => (standing === dead ? (capacities[index] ?? 0) : 0))
  if (left.length === 0 || gone.every((capacity) => capacity === 0)) return outcome
  const onDead = solveAmong(targets, gone, roster, left, targetOf, certify)
  return { flow: outcome.flow, certificate: both(outcome.certificate, onDead.certificate) }
}

export interface FlowOutcome {
  readonly certificate: Certificate
  /** Who is where on the living targets. */
  readonly flow: Flow
}

function unplaced(targetOf: Int32Array): readonly number[] {
  const positions: number[] = []
  for (let position = 0; position < targetOf.length; position += 1) {
    if (targetOf[position] === nowhere) positions.push(position)
  }
  return positions
}

/** Compressed into classes already; then stick, fill, improve until it is certified, expand. */
function solveAmong(
  targets: readonly Target[],
  capacities: readonly number[],
  roster: Roster,
  positions: readonly number[],
  targetOf: Int32Array,
  certify: (flow: Flow) => Certificate,
): FlowOutcome {
  const costs = createCostModel(targets, capacities, roster.classes, roster.groups, positions.length)
  const flow = new Flow(targets, Float64Array.from(capacities), roster, costs)
  for (const position of positions) flow.enlist(position, roster)
  stick(flow)
  fill(flow)
  const certificate = certify(flow)
  expand(flow, roster, positions, targetOf)
  return { flow, certificate }
}

export function both(one: Certificate, other: Certificate): Certificate {
  const exchanges = one.exchanges + other.exchanges
  const reason = one.reason ?? other.reason
  return { proven: one.proven && other.proven, ...(reason === undefined ? {} : { reason }), exchanges }
}
