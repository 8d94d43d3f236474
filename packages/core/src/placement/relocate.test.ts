import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { place } from './place.ts'
import type { PlacementInput, PlacementNode } from './placement-input.ts'
import type { PlacementResult } from './placement-result.ts'
import { prepare, type PreparedPlacement } from './prepare.ts'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { item, node } from './testing/fixture.ts'
import { type Choice, isValid } from './testing/objective.ts'

// A failure prints its seed and path; `fc.assert(property, { seed, path })` replays it.

/** So little that every input counts as one that takes long to solve. */
const atOnce = { looks: 1 }

function choiceOf({ assignments }: PlacementResult): Choice {
  return new Map([...assignments].map(([name, assignment]) => [name, assignment.node]))
}

function proven(placement: PreparedPlacement, input: PlacementInput): PlacementResult {
  let result = placement.update(input)
  for (let updates = 0; result.certificate.reason === 'Pending' && updates < 10_000; updates += 1) {
    result = placement.update({ ...input, now: result.lookAgainAt ?? input.now })
  }
  return result
}

/** Told at once, and to be solved later: not a search that goes on. */
function isRelocated({ certificate, lookAgainAt }: PlacementResult, { now }: PlacementInput): boolean {
  return certificate.reason === 'Pending' && lookAgainAt === now + 1000
}

function carriedOut(input: PlacementInput, choice: Choice): PlacementInput {
  return { ...input, items: input.items.map((one) => ({ ...one, home: choice.get(one.name) ?? null })) }
}

function changed(input: PlacementInput, which: number, change: Partial<PlacementNode>): PlacementInput {
  return { ...input, nodes: input.nodes.map((one, index) => (index === which ? { ...one, ...change } : one)) }
}

const standings = { healthy: 0, suspect: 0, leaving: 1, unfit: 1, dead: 2 } as const
const worse = fc.constantFrom<Partial<PlacementNode>>(
  { verdict: 'dead', rank: 9 },
  { verdict: 'dead', rank: 9 },
  { verdict: 'leaving', rank: 2 },
  { verdict: 'unfit', rank: 3 },
  { verdict: 'suspect', rank: 1 },
)
const scenes = arbitraryInput({
  items: 14,
  nodes: 6,
  capacities: [3, 5, null],
  verdicts: ['healthy', 'healthy', 'healthy', 'suspect', 'leaving', 'dead'],
  taints: ['none'],
  slots: [1, 1, 2],
})

describe('nodes that are worse than they were, in an account that takes long to solve', () => {
  test('are told at once where those on them go; everybody else stays, and the proof comes later', () => {
    let relocated = 0
    fc.assert(
      fc.property(scenes, fc.nat(5), worse, (input, which, change) => {
        const before = carriedOut(input, choiceOf(place(input)))
        const placement = prepare(atOnce)
        const last = proven(placement, before)
        const [known, told] = [choiceOf(last), JSON.stringify([...last.assignments])]
        const after = changed(before, which, change)
        const first = placement.update(after)
        expect(JSON.stringify([...last.assignments])).toBe(told)
        if (isRelocated(first, after)) {
          relocated += 1
          const choice = choiceOf(first)
          expect(isValid(after, choice)).toBe(true)
          const worsened = after.nodes.filter(({ verdict }, index) => {
            return standings[verdict] > standings[before.nodes[index]?.verdict ?? 'dead']
          })
          const names = new Set(worsened.map(({ name }) => name))
          for (const { name, homeHeld } of after.items) {
            const at = known.get(name) ?? null
            const isHeld = homeHeld === true && change.verdict !== 'dead'
            if (at === null || !names.has(at) || isHeld) expect(choice.get(name)).toBe(at)
            else expect(names.has(choice.get(name) ?? at)).toBe(false)
            const { rejections = [], assignment } = placement.explain(name) ?? {}
            expect(assignment?.node).toBe(choice.get(name))
            expect(rejections.map(({ node: one }) => one)).not.toContain(choice.get(name))
            expect(assignment?.standbys).not.toContain(choice.get(name))
          }
          expect(placement.update(after).assignments).toBe(first.assignments)
        }
        const later = { ...after, now: first.lookAgainAt ?? after.now }
        expect(proven(placement, later)).toEqual(place(later))
      }),
      { numRuns: 300 },
    )
    expect(relocated).toBeGreaterThan(50)
  })

  test('and those that arrive there meanwhile are at home', () => {
    let arrived = 0
    fc.assert(
      fc.property(scenes, fc.nat(5), fc.nat(13), (input, which, who) => {
        const before = carriedOut(input, choiceOf(place(input)))
        const placement = prepare(atOnce)
        proven(placement, before)
        const after = changed(before, which, { verdict: 'dead', rank: 9 })
        const first = placement.update(after)
        const goes = after.items.filter(({ name, home }) => choiceOf(first).get(name) !== home)
        const name = goes[who % Math.max(1, goes.length)]?.name
        if (name === undefined || !isRelocated(first, after)) return
        const home = choiceOf(first).get(name) ?? null
        const then = { ...after, items: after.items.map((one) => (one.name === name ? { ...one, home } : one)) }
        const second = placement.update(then)
        expect(isRelocated(second, then)).toBe(true)
        expect(choiceOf(second)).toEqual(choiceOf(first))
        expect(second.assignments.get(name)?.level).toBe('sticky')
        arrived += 1
      }),
      { numRuns: 300 },
    )
    expect(arrived).toBeGreaterThan(15)
  })
})

test('who was on a node that died does not count for its zone any more', () => {
  const spread = { group: 'pair', maxPerZone: 1 }
  const before = { items: [item('web', 'a', { spread })], nodes: [node('a'), node('b')], now: 0 }
  const placement = prepare(atOnce)
  proven(placement, before)
  const lost = changed(before, 0, { verdict: 'dead', rank: 9 })
  const first = placement.update(lost)
  expect(isRelocated(first, lost)).toBe(true)
  expect(first.assignments.get('web')?.node).toBe('b')
})

describe('is solved again instead', () => {
  const nodes = [node('a'), node('b'), node('c')]
  const items = [item('web', 'a'), item('mail', 'b')]
  const prepared = (input: PlacementInput): PreparedPlacement => {
    const placement = prepare(atOnce)
    proven(placement, input)
    return placement
  }

  test.each<[string, Partial<PlacementInput>]>([
    ['a node that has become better', { nodes: [node('a'), node('b'), node('c', { verdict: 'healthy' })] }],
    ['a node with other labels', { nodes: [node('a', { labels: { role: 'edge' } }), node('b')] }],
    ['an item that asks for something else', { items: [item('web', 'a', { priority: 3 }), item('mail', 'b')] }],
    ['an item that is where nobody sent it', { items: [item('web', 'b'), item('mail', 'b')] }],
    ['one item more', { items: [...items, item('z')] }],
  ])('%s', (_, change) => {
    const before = { items, nodes: [node('a'), node('b'), node('c', { verdict: 'suspect', rank: 1 })], now: 0 }
    const after = { ...before, ...change }
    expect(isRelocated(prepared(before).update(after), after)).toBe(after.nodes[2]?.verdict === 'healthy')
  })

  test('when a delay or a refusal has ended meanwhile', () => {
    const refusals = [{ node: 'c', until: 500 }]
    const before = { items: [item('web', 'a', { refusals }), item('mail', 'b')], nodes, now: 0 }
    const lost = changed(before, 0, { verdict: 'dead', rank: 9 })
    expect(isRelocated(prepared(before).update(lost), lost)).toBe(true)
    const later = { ...lost, now: 500 }
    expect(isRelocated(prepared(before).update(later), later)).toBe(false)
  })

  test('when somebody finds no room where all others are', () => {
    const full = [node('a'), node('b', { server: { location: 'x', capacity: 1 } })]
    const before = { items: [item('low', 'b'), item('web', 'a', { priority: 1 })], nodes: full, now: 0 }
    const lost = changed(before, 0, { verdict: 'dead', rank: 9 })
    expect(proven(prepared(before), lost).assignments.get('web')?.node).toBe('b')
    expect(isRelocated(prepared(before).update(lost), lost)).toBe(false)
  })
})
