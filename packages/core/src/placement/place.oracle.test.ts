import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { place } from './place.ts'
import type { PlacementInput } from './placement-input.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { bestOf } from './testing/brute-force.ts'
import { boundAlone, type Choice, isAlive, isAllowed, isValid, rate } from './testing/objective.ts'

// A failure prints its seed and path; `fc.assert(property, { seed, path })` replays it.
const runs = 2000

function choose(input: PlacementInput): Choice {
  return new Map([...place(input).assignments].map(([name, { node }]) => [name, node]))
}

/** What one writes first: by priority, home if it is fit and has room, else the healthiest, else the emptiest. */
function chooseGreedily(input: PlacementInput): Choice {
  const choice = new Map<string, string | null>()
  for (const item of [...input.items].sort((a, b) => b.priority - a.priority)) {
    const loadOf = (name: string): number => [...choice.values()].filter((one) => one === name).length
    const free = input.nodes.filter(
      (node) =>
        isAllowed(input, item, node) && loadOf(node.name) < (node.accounts.get('main')?.capacity ?? Number.MAX_VALUE),
    )
    const home = free.find(
      (node) => node.name === item.home && (node.verdict === 'healthy' || node.verdict === 'suspect'),
    )
    free.sort((a, b) => a.rank - b.rank || Number(a.unstable) - Number(b.unstable) || loadOf(a.name) - loadOf(b.name))
    choice.set(item.name, (home ?? free[0])?.name ?? null)
  }
  return choice
}

/** What the living nodes left over, bound by the same rules as before. */
function left(input: PlacementInput, choice: Choice): PlacementInput {
  const living = new Set(input.nodes.filter(isAlive).map(({ name }) => name))
  const items = input.items.filter(({ name }) => !living.has(choice.get(name) ?? ''))
  return { ...input, items: items.map((item) => boundAlone(input, item)) }
}

/** Equal to brute force on the living nodes, and, for the items that these left over, on the dead ones. */
function isOptimal(input: PlacementInput, choice: Choice): void {
  expect(isValid(input, choice)).toBe(true)
  expect(rate(input, choice, true)).toEqual(bestOf(input, true))
  const rest = left(input, choice)
  expect(rate(rest, choice, false)).toEqual(bestOf(rest, false))
}

describe('place, beside brute force', () => {
  test('reaches the optimum in every level, up to six items on four nodes', () => {
    fc.assert(
      fc.property(arbitraryInput(), (input) => isOptimal(input, choose(input))),
      { numRuns: runs },
    )
  }, 60_000)

  test('the comparison finds the faults of a greedy placement', () => {
    const property = fc.property(arbitraryInput(), (input) => isOptimal(input, chooseGreedily(input)))
    expect(fc.check(property, { numRuns: runs, seed: 1 }).failed).toBe(true)
  }, 60_000)
})
