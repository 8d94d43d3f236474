import type { PlacementInput } from '../placement-input.ts'
import { type Choice, compareVectors, isAllowed, isValid, rate } from './objective.ts'

/** The best vector that any valid placement reaches on the living nodes (`alive`) or on the dead ones. Tries them all. */
export function bestOf(input: PlacementInput, alive: boolean): number[] {
  let best: number[] | undefined
  for (const choice of everyChoice(input, 0, alive)) {
    if (!isValid(input, choice)) continue
    const vector = rate(input, choice, alive)
    if (best === undefined || compareVectors(vector, best) < 0) best = vector
  }
  if (best === undefined) throw new Error('placing nobody is always valid')
  return best
}

function* everyChoice(input: PlacementInput, position: number, alive: boolean): Generator<Choice> {
  const item = input.items[position]
  if (item === undefined) {
    yield new Map()
    return
  }
  const open = input.nodes.filter((node) => (node.verdict !== 'dead') === alive && isAllowed(input, item, node))
  for (const rest of everyChoice(input, position + 1, alive)) {
    for (const name of [null, ...open.map((node) => node.name)]) yield new Map([...rest, [item.name, name]])
  }
}
