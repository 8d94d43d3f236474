import type { Capabilities } from '@failover-ip/provider'
import { describe, expect, test } from 'vitest'
import type { AddressStatus } from '../domain/failover-ip.ts'
import type { NodeState } from '../domain/node.ts'
import type { PlacementInput } from '../placement/placement-input.ts'
import {
  health,
  monotonic,
  now,
  operation,
  policy,
  recorded,
  reviewOf,
  seen,
  serverOf,
  v4,
  v6,
} from '../plan/testing/situation.ts'
import { homeHeldUntil, placementInput } from './placement-view.ts'
import { assumeRecorded, indexServers } from './server-index.ts'

describe('home', () => {
  test('is where most units are, and where a unit is going', () => {
    expect(reviewOf({ addresses: [recorded(v4, 'a'), recorded(v6, 'b')] }).home).toBe('a')
    expect(
      reviewOf({ addresses: [recorded(v4, 'a', { operation: operation('a', 'b') }), recorded(v6, 'b')] }).home,
    ).toBe('b')
    expect(reviewOf({ addresses: [recorded(v4, undefined)], readings: [seen(v4, 'c')] }).home).toBe('c')
  })

  test('is the target of a move that is half done', () => {
    const move = { reason: 'NodeDead', from: 'a', to: 'b', startedAt: '' }
    const addresses = [recorded(v4, 'a'), recorded(v6, 'b')]
    const home = (lastMove: typeof move & { confirmedAt?: string }) =>
      reviewOf({ addresses, failoverIP: { status: { addresses, lastMove } } }).home
    expect(home(move)).toBe('b')
    expect(home({ ...move, confirmedAt: 'then' })).toBe('a')
  })

  test('follows a drift that is adopted, not one that is reverted', () => {
    const drift = { addresses: [recorded(v4, 'a')], readings: [seen(v4, 'c')] }
    expect(reviewOf(drift).home).toBe('c')
    expect(reviewOf({ ...drift, failoverIP: { policy: { ...policy, onDrift: 'Revert' } } }).home).toBe('a')
  })

  test('is no node of the same name that is another machine', () => {
    const moved = recorded(v4, 'a', { server: { id: 'old', location: 'z' } })
    expect(reviewOf({ addresses: [moved] }).home).toBeUndefined()
    expect(reviewOf({ addresses: [moved], nodes: ['b'] }).home).toBe('a')
  })
})

describe('what is recorded of a node', () => {
  const unknown = indexServers(new Map([['a', { kind: 'unknown', node: 'a', message: '' }]]), true)
  test('stands in for a match that is not known now', () => {
    const index = assumeRecorded(unknown, ['a', 'b'], [recorded(v4, 'a'), recorded(v6, 'b')])
    expect([index.serverOf('a'), index.nodeOf(serverOf('b'))]).toEqual([serverOf('a'), 'b'])
  })

  test('does not contradict the cloud, nor call back a node that is gone', () => {
    const unmatched = indexServers(new Map([['a', { kind: 'unmatched', node: 'a', message: '' }]]), true)
    expect(assumeRecorded(unmatched, ['a'], [recorded(v4, 'a')])).toBe(unmatched)
    expect(assumeRecorded(unknown, ['b'], [recorded(v4, 'a')])).toBe(unknown)
    const taken = indexServers(new Map([['b', { kind: 'matched', node: 'b', server: serverOf('a') }]]), true)
    expect(assumeRecorded(taken, ['a', 'b'], [recorded(v4, 'a')])).toBe(taken)
  })

  test('gives a server to the first by name of two nodes that claim it', () => {
    const claim = (node: string) => [node, { kind: 'matched' as const, node, server: serverOf('x') }] as const
    const index = indexServers(new Map([claim('b'), claim('a')]), true)
    expect([index.nodeOf(serverOf('x')), index.serverOf('b')]).toEqual(['a', undefined])
  })
})

describe('placement sees', () => {
  const leaving = health({ a: 'leaving', b: 'healthy' })
  const home = (maintenance: { onCordon: 'Move' | 'Ignore'; delay: number }) =>
    reviewOf({ addresses: [recorded(v4, 'a')], failoverIP: { policy: { ...policy, maintenance } } })

  test('a leaving home as held until its delay is over, and a cordon that is ignored for ever', () => {
    expect(homeHeldUntil(home({ onCordon: 'Move', delay: 60_000 }), leaving)).toBe(60_000)
    expect(homeHeldUntil(home({ onCordon: 'Ignore', delay: 0 }), leaving)).toBe(Number.POSITIVE_INFINITY)
    expect(homeHeldUntil(home({ onCordon: 'Ignore', delay: 0 }), health({ a: 'healthy' }))).toBeUndefined()
  })

  const nodesOf = (names: readonly string[]): readonly NodeState[] =>
    names.map((name) => ({
      facts: { name, addresses: [], labels: {}, annotations: {} },
      uid: name,
      unschedulable: false,
      taints: [],
      networkUnavailable: false,
      deleting: false,
    }))
  const viewOf = (
    capabilities: Partial<Capabilities>,
    foreign: readonly string[],
    addresses: readonly AddressStatus[],
    own: { readonly slots?: number } = {},
  ) => {
    const node = (name: string, units: readonly string[], more: { readonly slots?: number } = {}) =>
      [name, { kind: 'matched' as const, node: name, server: serverOf(name), units, ...more }] as const
    const servers = indexServers(new Map([node('a', [v4, v6, ...foreign]), node('b', [], own)]), true)
    const nodes = nodesOf(['a', 'b', 'c'])
    const context = { health: leaving, servers: new Map([['cloud', servers]]), refusals: new Map(), now, monotonic }
    return placementInput([reviewOf({ addresses, capabilities })], { nodes, ...context })
  }
  const capacities = ({ nodes }: PlacementInput) => nodes.map(({ accounts }) => accounts.get('cloud')?.capacity)
  const pair = [recorded(v4, 'a'), recorded(v6, 'a')]

  test('slots, less what strangers take, and how many of them an item takes [A18]', () => {
    const view = viewOf({ slotsPerServer: 5 }, ['other/32'], pair)
    expect(capacities(view)).toEqual([4, 5, undefined])
    expect(view.items).toMatchObject([
      { name: 'ingress/web', home: 'a', homeHeld: false, slots: 2, eligibility: { account: 'cloud' } },
    ])
  })

  test('what one server can carry, in place of what the manifest says of all [A18]', () => {
    expect(capacities(viewOf({ slotsPerServer: 5 }, [], pair, { slots: 2 }))).toEqual([5, 2, undefined])
    expect(capacities(viewOf({ slotsPerServer: null }, [], pair, { slots: 0 }))).toEqual([null, 0, undefined])
    const perFamily = { slotsPerServer: 1, slotsPerFamily: true }
    expect(capacities(viewOf(perFamily, [], pair, { slots: 3 }))).toEqual([1, 3, undefined])
  })

  test('what is liked, what keeps apart, and from when on it goes back', () => {
    const nodePreferences = [{ weight: 5, nodeSelector: { disk: 'ssd' } }]
    const spread = { group: 'ingress/web', maxPerZone: 1 }
    const viewWith = (mode: 'Never' | 'Delayed' | 'Always') => {
      const failback = { mode, delay: 60_000 }
      const review = reviewOf({ failoverIP: { nodePreferences, spread, policy: { ...policy, failback } } })
      const [a] = nodesOf(['a'])
      const verdicts = health({ a: 'healthy' })
      const servers = new Map([['cloud', review.servers]])
      const nodes = a === undefined ? [] : [{ ...a, zone: 'west' }]
      return placementInput([review], { nodes, health: verdicts, servers, refusals: new Map(), now, monotonic })
    }
    const { items, nodes } = viewWith('Delayed')
    expect(items).toMatchObject([{ preferences: nodePreferences, spread, failback: { delay: 60_000 } }])
    expect(nodes).toMatchObject([{ zone: 'west', healthySince: now - monotonic }])
    expect(viewWith('Always').items).toMatchObject([{ failback: { delay: 0 } }])
    expect(viewWith('Never').items[0]).not.toHaveProperty('failback')
  })

  test('slots of each family by itself, where the cloud counts them so', () => {
    const perFamily = { slotsPerServer: 1, slotsPerFamily: true }
    expect(capacities(viewOf(perFamily, [], pair))).toEqual([1, 1, undefined])
    expect(capacities(viewOf(perFamily, ['192.0.2.9/32'], pair))).toEqual([0, 1, undefined])
    expect(capacities(viewOf(perFamily, ['2001:db8::9/128'], pair))).toEqual([0, 1, undefined])
    expect(capacities(viewOf(perFamily, ['2001:db8::9/128'], [recorded(v4, 'a')]))).toEqual([1, 1, undefined])
    expect(viewOf(perFamily, [], pair).items).toMatchObject([{ slots: 1 }])
  })
})
