import { canonicalInput } from '../canonical-input.ts'
import type { Flow } from '../flow.ts'
import { place } from '../place.ts'
import type { PlacementInput } from '../placement-input.ts'
import type { Certificate } from '../placement-result.ts'
import { enrol } from '../roster.ts'
import { solveFlow } from '../solve-flow.ts'
import { createTargets, nowhere } from '../target.ts'
import type { Choice } from './objective.ts'

export function placed(input: PlacementInput): Choice {
  return new Map([...place(input).assignments].map(([name, { node }]) => [name, node]))
}

/** What the algorithm makes of it with another last step. For items of one size and one account. */
export function placedBy(certify: (flow: Flow) => Certificate, input: PlacementInput): Choice {
  const { items, nodes } = canonicalInput(input)
  const targets = createTargets('main', nodes)
  const targetOf = new Int32Array(items.length)
  const capacities = targets.map(({ slots }) => slots)
  solveFlow(targets, capacities, enrol(items, targets, input.now), targetOf, certify)
  return new Map(items.map(({ name }, position) => [name, targets[targetOf[position] ?? nowhere]?.node.name ?? null]))
}

/** The greedy steps alone: stick and fill. */
export function placedGreedily(input: PlacementInput): Choice {
  return placedBy(() => ({ proven: false, exchanges: 0 }), input)
}
