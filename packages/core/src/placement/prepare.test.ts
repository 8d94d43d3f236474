import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain } from './explain.ts'
import { place } from './place.ts'
import type { PlacementInput, PlacementNode } from './placement-input.ts'
import type { PlacementResult } from './placement-result.ts'
import { prepare } from './prepare.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { item, node } from './testing/fixture.ts'
import { type Choice, isValid, prioritiesOf, rate } from './testing/objective.ts'

// A failure prints its seed and path; `fc.assert(property, { seed, path })` replays it.

function choiceOf({ assignments }: PlacementResult): Choice {
  return new Map([...assignments].map(([name, assignment]) => [name, assignment.node]))
}

/** The same once more, as objects of their own, a moment later. */
function toldAgain(input: PlacementInput): PlacementInput {
  const { items, nodes } = structuredClone(input)
  return { items, nodes, now: input.now + 1 }
}

describe('a prepared placement', () => {
  test('is what a fresh one would be, whatever came before [A22]', () => {
    const steps = fc.array(arbitraryInput({ items: 8, twinsFailBack: true }), { minLength: 2, maxLength: 4 })
    const mixed = steps.chain((inputs) =>
      fc.array(
        fc.record({
          items: fc.constantFrom(...inputs),
          nodes: fc.constantFrom(...inputs),
          now: fc.constantFrom(1000, 1999, 2000, 3000),
        }),
        { minLength: 1, maxLength: 6 },
      ),
    )
    fc.assert(
      fc.property(mixed, (inputs) => {
        const placement = prepare()
        for (const {
          items: { items },
          nodes: { nodes },
          now,
        } of inputs) {
          const input = { items, nodes, now }
          const result = place(input)
          expect(placement.update(input)).toEqual(result)
          expect(placement.update(toldAgain(input))).toEqual(place(toldAgain(input)))
          for (const { name } of items)
            expect(placement.explain(name)?.rejections).toEqual(explain(toldAgain(input), name)?.rejections)
        }
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  test('solves nothing again while the input says the same', () => {
    const input = { items: [item('web', 'a'), item('mail')], nodes: [node('a'), node('b')], now: 0 }
    const placement = prepare()
    const result = placement.update(input)
    expect(placement.update(toldAgain(input))).toBe(result)
    expect(placement.update({ ...toldAgain(input), items: input.items.slice(1) })).not.toBe(result)
  })

  test('can be acted on at once, and goes on searching until it is the best', () => {
    fc.assert(
      fc.property(arbitraryInput({ items: 12, nodes: 5, capacities: [1, 2, 3], twinsRefused: false }), (input) => {
        const placement = prepare({ looks: 1 })
        const first = placement.update(input)
        expect(isValid(input, choiceOf(first))).toBe(true)
        let last = first
        for (let updates = 0; last.certificate.reason === 'Pending' && updates < 10_000; updates += 1) {
          expect(last.lookAgainAt).toBe(input.now)
          expect(last.assignments).toBe(first.assignments)
          last = placement.update(input)
        }
        expect(last).toEqual(place(input))
      }),
      { numRuns: 300 },
    )
  })

  test('moves nobody twice for a flatter load: whoever has arrived stays, unless somebody could not be served', () => {
    const shape = { items: 14, nodes: 6, capacities: [2, 3, null], failbacks: [undefined], twinsRefused: false }
    let pending = 0
    fc.assert(
      fc.property(arbitraryInput(shape), (input) => {
        const placement = prepare({ looks: 1 })
        const first = placement.update(input)
        if (first.certificate.proven) return
        pending += 1
        const items = input.items.map((one) => ({ ...one, home: first.assignments.get(one.name)?.node ?? null }))
        const after = { ...input, items }
        const then = choiceOf(place(after))
        const served = (choice: Choice): string =>
          String(rate(after, choice, true).slice(0, prioritiesOf(after).length))
        if (served(then) !== served(choiceOf(first))) return
        const verdicts = new Map(input.nodes.map(({ name, verdict }) => [name, verdict]))
        for (const { name, home } of items) {
          if (/healthy|suspect/.test(verdicts.get(home ?? '') ?? '')) expect(then.get(name)).toBe(home)
        }
      }),
      { numRuns: 300 },
    )
    expect(pending).toBeGreaterThan(100)
  })

  test('the displaced of the highest priority have what is free before others, though these have fewer nodes to go to', () => {
    const eligibility = { account: 'main', location: 'x', nodeSelector: {}, tolerations: [] }
    const nodes: PlacementNode[] = [
      node('gone', { verdict: 'dead', rank: 9 }),
      node('only', { server: { location: 'x', capacity: 1 } }),
      node('far', { server: { location: 'y', capacity: 0 } }),
      node('full', { server: { location: 'y', capacity: 5 } }),
    ]
    const holders = Array.from({ length: 5 }, (_, index) => item(`held-${index}`, 'full', { priority: 9 }))
    const items = [item('bound', 'gone', { eligibility }), item('high', 'gone', { priority: 1 }), ...holders]
    const first = prepare({ looks: 1 }).update({ items, nodes, now: 0 })
    expect(first.certificate.reason).toBe('Pending')
    expect(first.assignments.get('high')?.node).toBe('only')
  })
})
