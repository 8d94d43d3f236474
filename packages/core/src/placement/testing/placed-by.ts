import { canonicalInput } from '../canonical-input.ts'
import { type FlowOutcome, FlowSearch } from '../flow-search.ts'
import type { Watch } from '../improve.ts'
import { place } from '../place.ts'
import type { PlacementInput, PlacementItem } from '../placement-input.ts'
import { enrol } from '../roster.ts'
import { createTargets, nowhere } from '../target.ts'
import type { Choice } from './objective.ts'

export function placed(input: PlacementInput): Choice {
  return new Map([...place(input).assignments].map(([name, { node }]) => [name, node]))
}

/** The greedy steps alone, stick and fill, for items of one size and one account. */
export function placedGreedily(input: PlacementInput): Choice {
  const { items, search } = searchOf(input)
  return choiceOf(items, search.outcome(), input)
}

/** The exchanges that better what the greedy steps make of it. */
export function watchExchanges(input: PlacementInput, watch: Watch): void {
  searchOf(input, watch).search.advance(Number.POSITIVE_INFINITY)
}

function searchOf(input: PlacementInput, watch?: Watch): { items: readonly PlacementItem[]; search: FlowSearch } {
  const { items, nodes } = canonicalInput(input)
  const targets = createTargets('main', nodes)
  const capacities = targets.map(({ slots }) => slots)
  const roster = enrol(items, targets, input.now, 'shared')
  return { items, search: new FlowSearch(targets, capacities, roster, watch) }
}

function choiceOf(items: readonly PlacementItem[], { targetOf }: FlowOutcome, input: PlacementInput): Choice {
  const targets = createTargets('main', canonicalInput(input).nodes)
  return new Map(items.map(({ name }, position) => [name, targets[targetOf[position] ?? nowhere]?.node.name ?? null]))
}
