import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { place } from './place.ts'
import type { PlacementInput } from './placement-input.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { node } from './testing/fixture.ts'
import { compareVectors, rate } from './testing/objective.ts'
import { placed } from './testing/placed-by.ts'

// A failure prints its seed and path; `fc.assert(property, { seed, path })` replays it.
const options = { numRuns: 500 }
const large = arbitraryInput({ items: 12, twinsFailBack: true, twinsRefused: false })
/** With nothing that is done after the levels are settled. */
const weighed = arbitraryInput({ items: 12, twinsRefused: false })
/** With answers that are not proven, too. */
const anything = arbitraryInput({ items: 12, twinsFailBack: true })

/** The input once its own placement has been carried out. */
function carriedOut(input: PlacementInput): PlacementInput {
  const { assignments } = place(input)
  return { ...input, items: input.items.map((one) => ({ ...one, home: assignments.get(one.name)?.node ?? null })) }
}

function nodesOf(input: PlacementInput): Record<string, string | null> {
  return Object.fromEntries([...place(input).assignments].map(([name, { node: chosen }]) => [name, chosen]))
}

function homesOf(input: PlacementInput): Record<string, string | null> {
  return Object.fromEntries(input.items.map(({ name, home }) => [name, home]))
}

/** How many items each priority has on living nodes. */
function service(input: PlacementInput): Record<string, number> {
  const living = new Set(input.nodes.filter(({ verdict }) => verdict !== 'dead').map(({ name }) => name))
  const counts: Record<string, number> = {}
  for (const { home, priority } of input.items) {
    if (home !== null && living.has(home)) counts[priority] = (counts[priority] ?? 0) + 1
  }
  return counts
}

describe('place', () => {
  test('leaves its own result as it is', () => {
    fc.assert(
      fc.property(large, (input) => {
        const after = carriedOut(input)
        expect(nodesOf(after)).toEqual(homesOf(after))
      }),
      options,
    )
  })

  test('is the same for any order of the input [A23]', () => {
    const permuted = anything.chain((input) =>
      fc.record({
        input: fc.constant(input),
        items: fc.shuffledSubarray([...input.items], { minLength: input.items.length }),
        nodes: fc.shuffledSubarray([...input.nodes], { minLength: input.nodes.length }),
      }),
    )
    fc.assert(
      fc.property(permuted, ({ input, items, nodes }) => {
        const result = place(input)
        const other = place({ ...input, items, nodes: nodes.map(reversedMaps) })
        expect(other).toEqual(result)
        expect([...other.assignments.keys()]).toEqual([...result.assignments.keys()])
      }),
      options,
    )
  })

  test('a node that joins takes service from no priority, and moves nobody from a fit home once all are served', () => {
    fc.assert(
      fc.property(large, (input) => {
        const before = carriedOut(input)
        const after = { ...before, nodes: [...before.nodes, node('new', { labels: { role: 'edge' } })] }
        const served = service(carriedOut(after))
        for (const [priority, count] of Object.entries(service(before))) {
          expect(served[priority] ?? 0).toBeGreaterThanOrEqual(count)
        }
        const verdictOf = new Map(before.nodes.map(({ name, verdict }) => [name, verdict]))
        const fit = before.items.filter(({ home }) => /healthy|suspect/.test(verdictOf.get(home ?? '') ?? ''))
        if (fit.length < before.items.length) return
        expect(nodesOf(after)).toEqual(homesOf(before))
      }),
      options,
    )
  })

  test('more slots never cost service, and with the same service nothing else', () => {
    fc.assert(
      // A failback in a group that may choose the zone is no matter of the levels: it is followed into room that is left.
      fc.property(weighed, fc.nat(3), fc.constantFrom(1, 2, null), (input, which, more) => {
        const after = {
          ...input,
          nodes: input.nodes.map((one, index) => (index === which ? withMore(one, more) : one)),
        }
        // The last level, load, is in proportion to the slots, so it is told in other units now.
        const levels = (one: PlacementInput): number[] => rate(input, placed(one), true).slice(0, -1)
        expect(compareVectors(levels(after), levels(input))).toBeLessThanOrEqual(0)
      }),
      options,
    )
  })

  test('a node that nobody uses may go, and all is as good as it was', () => {
    fc.assert(
      fc.property(arbitraryInput({ items: 12, twinsRefused: false, capacities: [2] }), (input) => {
        // Without failback, which looks at nodes that nobody uses yet.
        const items = input.items.filter(({ failback }) => failback === undefined)
        const choice = placed({ ...input, items })
        const used = new Set(choice.values())
        // A node that is not fit may go unused and yet say how healthy a home of its standing counts.
        const nodes = input.nodes.filter(({ name, verdict }) => used.has(name) || !/healthy|suspect/.test(verdict))
        const rest = { ...input, items, nodes }
        expect(rate(rest, placed(rest), true)).toEqual(rate(rest, choice, true))
      }),
      options,
    )
  })

  test('a node that goes and comes back leaves as much service as there was', () => {
    fc.assert(
      fc.property(large, fc.nat(3), (input, which) => {
        const before = carriedOut(input)
        const gone = { ...before, nodes: before.nodes.filter((_, index) => index !== which) }
        const back = carriedOut({ ...carriedOut(gone), nodes: before.nodes })
        expect(service(back)).toEqual(service(before))
      }),
      options,
    )
  })

  test('every order of the same events ends at rest, with equal service by priority [A22]', () => {
    // An event is all that can happen to one node at once: health, slots, taints, labels, location.
    const scenario = fc.tuple(large, large).chain(([input, { nodes }]) =>
      fc.record({
        input: fc.constant(input),
        one: fc.shuffledSubarray([...nodes], { minLength: nodes.length }),
        other: fc.shuffledSubarray([...nodes], { minLength: nodes.length }),
      }),
    )
    fc.assert(
      fc.property(scenario, ({ input, one, other }) => {
        const settle = (events: PlacementInput['nodes']): PlacementInput =>
          events.reduce((state, event) => {
            const others = state.nodes.filter(({ name }) => name !== event.name)
            return carriedOut({ ...state, nodes: [...others, event] })
          }, input)
        const ends = [settle(one), settle(other)] as const
        for (const end of ends) expect(nodesOf(end)).toEqual(homesOf(end))
        expect(service(ends[0])).toEqual(service(ends[1]))
      }),
      options,
    )
  }, 60_000)
})

function withMore(one: PlacementInput['nodes'][number], more: number | null): PlacementInput['nodes'][number] {
  const accounts = [...one.accounts].map(([name, server]) => {
    const capacity = more === null || server.capacity === null ? null : server.capacity + more
    return [name, { ...server, capacity }] as const
  })
  return { ...one, accounts: new Map(accounts) }
}

function reversedMaps(one: PlacementInput['nodes'][number]): PlacementInput['nodes'][number] {
  return { ...one, accounts: new Map([...one.accounts].toReversed()), taints: one.taints.toReversed() }
}
