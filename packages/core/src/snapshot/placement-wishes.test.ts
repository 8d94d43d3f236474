import { expect, test } from 'vitest'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { NodeState } from '../domain/node.ts'
import type { Verdict } from '../health/verdict.ts'
import { explain } from '../placement/explain.ts'
import { place } from '../placement/place.ts'
import type { PlacementInput } from '../placement/placement-input.ts'
import {
  contextOf,
  health,
  monotonic,
  now,
  policy,
  recorded,
  reviewOf,
  serversOf,
  v4,
} from '../plan/testing/situation.ts'
import { decide } from '../plan/decide.ts'
import type { FailoverIPReview } from './failover-ip-review.ts'
import { placementInput } from './placement-view.ts'

type Wishes = Partial<FailoverIPInput>
type Labels = Readonly<Record<string, string>>

/** Nodes a, b, c, the last of them in another zone; the provider routes to each. */
const zones = { a: 'west', b: 'west', c: 'east' }
const names = ['a', 'b', 'c'] as const

function nodeOf(name: (typeof names)[number], labels: Labels): NodeState {
  return {
    facts: { name, addresses: [], labels, annotations: {} },
    uid: name,
    zone: zones[name],
    unschedulable: false,
    taints: [],
    networkUnavailable: false,
    deleting: false,
  }
}

function review(key: string, home: string | undefined, wishes: Wishes): FailoverIPReview {
  const capabilities = { locationRule: null }
  return reviewOf({ addresses: [recorded(v4, home)], capabilities, failoverIP: { key, ...wishes } })
}

interface View {
  readonly labels?: Partial<Record<(typeof names)[number], Labels>>
  readonly verdicts?: Partial<Record<string, Verdict>>
  /** Milliseconds for which every verdict has held. */
  readonly since?: number
}

function view(
  reviews: readonly FailoverIPReview[],
  { labels = {}, verdicts = {}, since = 0 }: View = {},
): PlacementInput {
  const held = health({ a: 'healthy', b: 'healthy', c: 'healthy', ...verdicts })
  const aged = [...held.verdicts].map(([name, verdict]) => [name, { ...verdict, since: monotonic - since }] as const)
  return placementInput(reviews, {
    nodes: names.map((name) => nodeOf(name, labels[name] ?? {})),
    health: { ...held, verdicts: new Map(aged) },
    servers: new Map([['cloud', serversOf(names)]]),
    refusals: new Map(),
    now,
    monotonic,
  })
}

const nodeFor = (input: PlacementInput, key: string) => place(input).assignments.get(key)?.node

test('the selector binds, wherever the label goes [A14]', () => {
  const picky = review('picky', 'a', { nodeSelector: { disk: 'ssd' } })
  const ssd = { disk: 'ssd' }
  expect(nodeFor(view([picky], { labels: { a: ssd } }), 'picky')).toBe('a')
  expect(nodeFor(view([picky], { labels: { b: ssd } }), 'picky')).toBe('b')
  expect(nodeFor(view([picky]), 'picky')).toBeNull()
  expect(nodeFor(view([review('picky', 'a', { nodeSelector: {} })]), 'picky')).toBe('a')
})

const nodePreferences = [
  { weight: 50, nodeSelector: { role: 'edge' } },
  { weight: 30, nodeSelector: { disk: 'ssd' } },
  { weight: 30, nodeSelector: { rack: 'new' } },
]
const labels = { a: { role: 'edge' }, b: { disk: 'ssd', rack: 'new' } }

test('weights add up, and the best liked of those that are left is next [A15]', () => {
  const input = view([review('web', undefined, { nodePreferences })], { labels })
  expect(place(input).assignments.get('web')).toMatchObject({ node: 'b', level: 'preference' })
  const without = view([review('web', 'b', { nodePreferences })], { labels, verdicts: { b: 'dead' } })
  expect(nodeFor(without, 'web')).toBe('a')
  const weaker = view([review('web', undefined, { nodePreferences })], { labels: { ...labels, b: { disk: 'ssd' } } })
  expect(nodeFor(weaker, 'web')).toBe('a')
})

test.each([
  ['Never', 600_000, 'a'],
  ['Delayed', 59_999, 'a'],
  ['Delayed', 60_000, 'b'],
  ['Always', 0, 'b'],
] as const)('failback %s, %d ms after the better one is healthy: on %s [A15]', (mode, since, node) => {
  const failback = { mode, delay: 60_000 }
  const input = view([review('web', 'a', { nodePreferences, policy: { ...policy, failback } })], { labels, since })
  expect(nodeFor(input, 'web')).toBe(node)
  const waits = mode === 'Delayed' && node === 'a'
  expect(place(input).lookAgainAt).toBe(waits ? now - since + 60_000 : undefined)
})

test('a group keeps apart, the one that is left out is told by which limit, and others are served [A16]', () => {
  const group = (spread: object) =>
    view([
      ...['1', '2', '3', '4'].map((key) => review(key, undefined, { spread: { group: 'web', ...spread } })),
      review('other', undefined, {}),
    ])
  const codesOf = (input: PlacementInput) => {
    const { assignments } = place(input)
    const left = [...assignments].filter(([, { node }]) => node === null).map(([key]) => key)
    const codes = left.flatMap((key) => explain(input, key)?.rejections.map(({ code }) => code) ?? [])
    return { left: left.length, codes: [...new Set(codes)] }
  }
  expect(codesOf(group({ maxPerNode: 1 }))).toEqual({ left: 1, codes: ['SpreadPerNode'] })
  expect(codesOf(group({ maxPerZone: 1 }))).toEqual({ left: 2, codes: ['SpreadPerZone'] })
  expect(nodeFor(group({ maxPerZone: 1 }), 'other')).not.toBeNull()
})

test('a group that is NP-hard to serve is refused by its name, and its addresses stay where they are [A16]', () => {
  const spread = { group: 'web', maxPerZone: 1 }
  const reviews = [review('1', 'a', { spread }), review('2', 'c', { spread, priority: 7 })]
  const input = view(reviews)
  const [first] = reviews
  if (first === undefined) throw new Error('no review')
  const decision = decide(first, place(input).assignments.get('1'), contextOf({ explain: () => explain(input, '1') }))
  expect(decision.step).toBeUndefined()
  expect(decision.status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
    status: 'True',
    reason: 'SpreadUndecidable',
    message: expect.stringMatching(/^On a\. The spread group web has a limit per zone/),
  })
  expect(decision.status.conditions?.find(({ type }) => type === 'Placed')).toMatchObject({
    status: 'False',
    reason: 'SpreadUndecidable',
    message: expect.stringMatching(
      /^The spread group web has a limit per zone, .* make them alike, or bind each to a zone\.$/,
    ),
  })
})
