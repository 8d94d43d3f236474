import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explain } from './explain.ts'
import { place } from './place.ts'
import type { PlacementInput, PlacementItem, PlacementNode } from './placement-input.ts'
import { anywhere, item, node } from './testing/fixture.ts'
import { placed } from './testing/placed-by.ts'

const three = [node('a'), node('b'), node('c')]
/** What is beside every bad item: it must be placed as if that were not there. */
const good = item('good', 'b')

/** The codes of the problems, by subject; the good item has its home. */
function problemsWith(
  bad: readonly PlacementItem[],
  nodes: readonly PlacementNode[] = three,
): Record<string, string[]> {
  const { assignments, problems } = place({ items: [good, ...bad], nodes, now: 0 })
  expect(assignments.get('good')?.node).toBe('b')
  expect(assignments.size).toBe(1 + bad.length)
  const bySubject = Map.groupBy(problems, ({ subject }) => subject)
  return Object.fromEntries([...bySubject].map(([subject, ours]) => [subject, ours.map(({ code }) => code)]))
}

/** The rules that reject each node for an item. */
function rejections(name: string, items: readonly PlacementItem[], nodes: readonly PlacementNode[] = three): string[] {
  return explain({ items, nodes, now: 0 }, name)?.rejections.map(({ code }) => code) ?? []
}

describe('what no node can satisfy is rejected by rule, and the others are placed', () => {
  test('a selector without match', () => {
    const bad = item('bad', 'a', { eligibility: { ...anywhere, nodeSelector: { disk: 'tape' } } })
    expect(placed({ items: [bad, good], nodes: three, now: 0 })).toEqual(
      new Map([
        ['bad', null],
        ['good', 'b'],
      ]),
    )
    expect(rejections('bad', [bad, good])).toEqual(['SelectorMismatch', 'SelectorMismatch', 'SelectorMismatch'])
  })

  test('a spread limit that not all members can meet', () => {
    const members = ['m1', 'm2', 'm3', 'm4'].map((name) => item(name, null, { spread: { group: 'm', maxPerNode: 1 } }))
    expect(problemsWith(members)).toEqual({})
    const chosen = placed({ items: [good, ...members], nodes: three, now: 0 })
    expect(new Set(members.map(({ name }) => chosen.get(name)))).toEqual(new Set(['a', 'b', 'c', null]))
    const left = members.find(({ name }) => chosen.get(name) === null)?.name ?? ''
    expect(rejections(left, [good, ...members])).toEqual(['SpreadPerNode', 'SpreadPerNode', 'SpreadPerNode'])
  })

  test.each([0, -1, -Infinity, Number.NaN, 0.5])('servers with %d slots', (capacity) => {
    const nodes = [node('a', { server: { capacity } }), node('b')]
    expect(placed({ items: [item('web', 'a'), good], nodes, now: 0 }).get('web')).toBe('b')
    expect(rejections('web', [item('web', 'a')], nodes.slice(0, 1))).toEqual(['NoFreeSlot'])
  })

  test('a home on an unknown node, and one on a node without a server', () => {
    const nodes = [...three, node('stranger', { accounts: new Map() })]
    const bad = [item('unknown', 'gone'), item('unserved', 'stranger'), item('nameless', '')]
    expect(problemsWith(bad, nodes)).toEqual({})
    const chosen = placed({ items: [good, ...bad], nodes, now: 0 })
    for (const { name } of bad) expect(three.map((one) => one.name)).toContain(chosen.get(name))
  })
})

describe('what is impossible to say is named among the problems', () => {
  test.each([0, -1, 1.5, Number.NaN, Infinity])('%d slots', (slots) => {
    const bad = item('bad', 'a', { slots })
    expect(problemsWith([bad])).toEqual({ bad: ['SlotsOutOfRange'] })
    expect(rejections('bad', [bad])).toEqual(['InvalidItem', 'InvalidItem', 'InvalidItem'])
  })

  test.each([{ maxPerNode: 0 }, { maxPerNode: 1.5 }, { maxPerZone: -1 }, { maxPerZone: Number.NaN }])(
    'a spread limit %o',
    (limit) => {
      const bad = item('bad', 'a', { spread: { group: 'g', ...limit } })
      expect(problemsWith([bad])).toEqual({ bad: ['SpreadLimitOutOfRange'] })
      expect(rejections('bad', [bad])).toEqual(['InvalidItem', 'InvalidItem', 'InvalidItem'])
    },
  )

  test.each([{ group: '', maxPerNode: 1 }, { group: '', maxPerZone: 1 }, { group: 'g' }])(
    'a spread without a group or without a limit: %o',
    (spread) => {
      const bad = item('bad', 'a', { spread })
      expect(problemsWith([bad])).toEqual({ bad: ['SpreadIncomplete'] })
      expect(rejections('bad', [bad])).toEqual(['InvalidItem', 'InvalidItem', 'InvalidItem'])
    },
  )

  test('members of one group that state different limits: the smallest counts', () => {
    const members = [
      item('m1', null, { spread: { group: 'g', maxPerNode: 2 } }),
      item('m2', null, { spread: { group: 'g', maxPerNode: 1 } }),
    ]
    expect(problemsWith(members)).toEqual({ g: ['SpreadLimitsDiffer'] })
    const chosen = placed({ items: members, nodes: three, now: 0 })
    expect(chosen.get('m1')).not.toBe(chosen.get('m2'))
  })

  test('a group with a limit per zone whose members differ: NP-hard, so refused by name', () => {
    const spread = { group: 'g', maxPerZone: 1 }
    const nodes = [...three, node('d', { zone: 'elsewhere' })]
    const members = [item('m1', null, { spread, priority: 1 }), item('m2', 'a', { spread })]
    expect(problemsWith(members, nodes)).toEqual({ g: ['SpreadUndecidable'] })
    expect(placed({ items: members, nodes, now: 0 }).get('m2')).toBe(null)
    expect(new Set(rejections('m1', members, nodes))).toEqual(new Set(['SpreadUndecidable']))
  })

  test.each([0, 101, 1.5, -5, Number.NaN, Infinity])(
    'a weight of %d: that preference is left out, others count',
    (weight) => {
      const nodes = [node('a', { labels: { cpu: 'fast' } }), node('b'), node('c', { labels: { disk: 'fast' } })]
      const preferences = [
        { weight, nodeSelector: { cpu: 'fast' } },
        { weight: 1, nodeSelector: { disk: 'fast' } },
      ]
      const bad = item('bad', null, { preferences })
      expect(problemsWith([bad], nodes)).toEqual({ bad: ['WeightOutOfRange'] })
      expect(placed({ items: [bad], nodes, now: 0 }).get('bad')).toBe('c')
    },
  )

  test('contradictory preferences are no problem: they cancel out, and one that nothing fulfils says nothing', () => {
    const nodes = [node('a', { labels: { cpu: 'fast' } }), node('b', { labels: { cpu: 'slow' } }), node('c')]
    const preferences = [
      { weight: 50, nodeSelector: { cpu: 'fast' } },
      { weight: 50, nodeSelector: { cpu: 'slow' } },
      { weight: 100, nodeSelector: { cpu: 'fast', disk: 'tape' } },
    ]
    const torn = item('torn', null, { preferences })
    expect(problemsWith([torn], nodes)).toEqual({})
    expect(placed({ items: [torn, item('other', 'a')], nodes, now: 0 }).get('torn')).toBe('b')
  })

  test('duplicates are named, and the same one counts whatever the order', () => {
    const items = [item('web', 'a'), item('web', 'b')]
    const nodes = [node('a'), node('b'), node('b', { unstable: true })]
    const result = place({ items, nodes, now: 0 })
    expect(result.duplicates).toEqual(['b', 'web'])
    expect(result.problems.map(({ code, subject }) => [code, subject])).toEqual([
      ['DuplicateName', 'b'],
      ['DuplicateName', 'web'],
    ])
    expect(result.assignments.size).toBe(1)
    expect(place({ items: items.toReversed(), nodes: nodes.toReversed(), now: 0 })).toEqual(result)
  })
})

describe('nothing is too much', () => {
  test('a million addresses', () => {
    const items = Array.from({ length: 1_000_000 }, (_, index) => item(`ip-${String(index).padStart(7, '0')}`))
    const { assignments, certificate } = place({ items, nodes: three, now: 0 })
    const loads = new Map<string | null, number>()
    for (const { node: chosen } of assignments.values()) loads.set(chosen, (loads.get(chosen) ?? 0) + 1)
    expect(certificate.proven).toBe(true)
    expect([...loads.values()].toSorted((a, b) => a - b)).toEqual([333_333, 333_333, 333_334])
  }, 60_000)

  test('more members of a group, and more nodes of as many capacities, than a call takes arguments', () => {
    const spread = { group: 'g', maxPerNode: 100_000 }
    const items = Array.from({ length: 130_000 }, (_, index) => item(`ip-${index}`, null, { spread }))
    expect(place({ items, nodes: three, now: 0 }).certificate.proven).toBe(true)
    const nodes = Array.from({ length: 130_000 }, (_, index) => node(`n-${index}`, { server: { capacity: 1 + index } }))
    expect(place({ items: [good], nodes, now: 0 }).assignments.get('good')?.node).toMatch(/^n-/)
  }, 60_000)

  test('more kinds of items than can be weighed: placed one by one, and not called proven', () => {
    const nodes = Array.from({ length: 3500 }, (_, index) =>
      node(`n-${String(index).padStart(4, '0')}`, { server: { capacity: 1 } }),
    )
    const items = nodes.map(({ name }, index) => item(`ip-${index}`, null, { refusals: [{ node: name, until: 1 }] }))
    const { assignments, certificate } = place({ items, nodes, now: 0 })
    expect(certificate).toMatchObject({ proven: false, reason: 'TooManyClasses' })
    expect([...assignments.values()].filter(({ node: chosen }) => chosen === null).length).toBeLessThanOrEqual(1)
  }, 60_000)

  test('more priorities than can be weighed where one may cost several others their places: not called proven', () => {
    const nodes = [
      node('a', { labels: { edge: 'yes' }, server: { capacity: 20 } }),
      node('b', { server: { capacity: 20 } }),
    ]
    const edge = { ...anywhere, nodeSelector: { edge: 'yes' } }
    const items = Array.from({ length: 1000 }, (_, index) =>
      item(`ip-${index}`, null, {
        priority: index,
        eligibility: index % 2 === 0 ? edge : anywhere,
        ...(index % 3 === 0 ? { spread: { group: 'g', maxPerZone: 5 } } : {}),
      }),
    )
    const { assignments, certificate } = place({ items, nodes, now: 0 })
    expect(certificate).toMatchObject({ proven: false, reason: 'NumbersTooLarge' })
    expect([...assignments.values()].filter(({ node: chosen }) => chosen !== null).length).toBe(40)
  })

  test('thousands of addresses of several sizes, far more than fit', () => {
    const items = Array.from({ length: 4000 }, (_, index) => item(`ip-${index}`, null, { slots: 1 + (index % 2) }))
    const nodes = Array.from({ length: 100 }, (_, index) => node(`n-${index}`, { server: { capacity: 20 } }))
    const { assignments, certificate } = place({ items, nodes, now: 0 })
    expect(certificate).toMatchObject({ proven: false, reason: 'MixedSizes' })
    const served = [...assignments.values()].filter(({ node: chosen }) => chosen !== null)
    // All slots are taken, by items of one and of two.
    expect(served.length).toBeGreaterThanOrEqual(1000)
  })

  test.each([
    [0, 1e300],
    [-1e16, -9e15],
  ])('a refusal until a time that no date can tell: at %d until %d', (now, until) => {
    const refused = item('web', null, { refusals: [{ node: 'a', until }] })
    const explanation = explain({ items: [refused], nodes: [node('a')], now }, 'web')
    expect(explanation?.rejections).toMatchObject([{ code: 'RefusedByProvider' }])
  })

  test('any nonsense: no throw, every item once, and no server beyond its slots', () => {
    fc.assert(
      fc.property(arbitraryNonsense, (input) => {
        const { assignments, problems } = place(input)
        expect(new Set(assignments.keys())).toEqual(new Set(input.items.map(({ name }) => name)))
        for (const { message } of problems) expect(message).not.toBe('')
        for (const { name } of input.items) explain(input, name)
        if (new Set(input.nodes.map(({ name }) => name)).size < input.nodes.length) return
        for (const { name, accounts } of input.nodes) {
          const held = [...assignments.values()].filter((one) => one.node === name).length
          expect(held).toBeLessThanOrEqual(Math.max(0, accounts.get('main')?.capacity ?? Infinity) || 0)
        }
      }),
      { numRuns: 500 },
    )
  })
})

const text = fc.constantFrom('', 'a', 'b', '__proto__', 'constructor', 'ä', '\u0000')
const number = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.double(), fc.constantFrom(1e300, -0, Number.MIN_VALUE))
const labels = fc.dictionary(text, text, { maxKeys: 2 })
const limits = fc.record({ group: text, maxPerNode: number, maxPerZone: number }, { requiredKeys: ['group'] })
const arbitraryNonsense: fc.Arbitrary<PlacementInput> = fc.record({
  now: number,
  nodes: fc.array(
    fc.record(
      {
        name: text,
        labels,
        taints: fc.constant([]),
        verdict: fc.constantFrom('healthy', 'suspect', 'leaving', 'unfit', 'dead'),
        rank: number,
        unstable: fc.boolean(),
        healthySince: number,
        zone: text,
        accounts: fc
          .record({ location: text, capacity: fc.option(number) })
          .map((server) => new Map([['main', server]])),
      },
      { requiredKeys: ['name', 'labels', 'taints', 'verdict', 'rank', 'unstable', 'accounts'] },
    ),
    { maxLength: 4 },
  ),
  items: fc.array(
    fc.record(
      {
        name: text,
        home: fc.option(text),
        priority: number,
        eligibility: fc.record({
          account: fc.constantFrom('main', ''),
          location: fc.option(text),
          nodeSelector: labels,
          tolerations: fc.constant([]),
        }),
        slots: number,
        preferences: fc.array(fc.record({ weight: number, nodeSelector: labels }), { maxLength: 2 }),
        spread: limits,
        failback: fc.record({ delay: number }),
        refusals: fc.array(fc.record({ node: text, until: number }), { maxLength: 2 }),
      },
      { requiredKeys: ['name', 'home', 'priority', 'eligibility'] },
    ),
    { maxLength: 6 },
  ),
})
