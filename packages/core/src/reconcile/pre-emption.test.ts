import { ProviderError, type Capabilities } from '@failover-ip/provider'
import { describe, expect, test } from 'vitest'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { failoverIP, policy } from '../plan/testing/situation.ts'
import { createSmallWorld, nodeState, type SmallWorld, type SmallWorldOptions } from './testing/small-world.ts'

const one = (name: string, last: number, change: Partial<FailoverIPInput> = {}): FailoverIPInput =>
  failoverIP({ key: name, uid: name, addresses: [`51.15.129.${last}`], ...change })
const unit = (last: number): string => `51.15.129.${last}/32`
const zoned = (name: string, zone: string) => {
  const node = nodeState(name)
  return { ...node, facts: { ...node.facts, labels: { zone } } }
}
const only = (zone: string): Partial<FailoverIPInput> => ({ nodeSelector: { zone } })

/** A cloud that refuses a unit for which a server has no slot, and counts how often it had to. */
function createFullWorld(
  options: SmallWorldOptions,
  slots = 1,
): { readonly world: SmallWorld; refusals: () => number } {
  let refusals = 0
  const world = createSmallWorld({
    ...options,
    capabilities: { slotsPerServer: slots, ...options.capabilities },
    routing: {
      assign: async (moved, server) => {
        const there = [...world.routes].filter(([other, id]) => id === server.id && other !== moved)
        if (there.length >= slots) {
          refusals += 1
          throw new ProviderError('Invalid', 'The server is full.', { outcome: 'not-applied' })
        }
        world.routes.set(moved, server.id)
        return { status: 'done' }
      },
      ...options.routing,
    },
  })
  return { world, refusals: () => refusals }
}

const ready = (world: SmallWorld, name: string) => world.status(name).conditions?.find(({ type }) => type === 'Ready')

describe('a slot that one of higher priority needs', () => {
  const high = one('high', 1, { priority: 10 })
  const low = one('low', 2)

  test('is given up by the lower one, which says to whom, and is served again when there is one more [A17]', async () => {
    const { world, refusals } = createFullWorld({
      failoverIPs: [high, low],
      nodes: [nodeState('a'), nodeState('b')],
      routedTo: { [unit(1)]: 'a', [unit(2)]: 'b' },
    })
    const { ended, stop } = world.run()
    await world.clock.advance(35_000)
    expect([ready(world, 'high')?.status, ready(world, 'low')?.status]).toEqual(['True', 'True'])
    world.setNodes([nodeState('a', { deleting: true, taints: [outOfService], ready: 'False' }), nodeState('b')])
    await world.clock.advance(10_000)
    expect(world.routes).toEqual(new Map([[unit(1), 'server-b']]))
    expect(ready(world, 'high')).toMatchObject({ status: 'True' })
    expect(ready(world, 'low')).toMatchObject({
      status: 'False',
      reason: 'Preempted',
      message: expect.stringContaining('high'),
    })
    expect([world.count('release'), refusals()]).toEqual([1, 0])
    const sent = world.count('assign')
    await world.clock.advance(1_200_000)
    expect([world.count('assign'), world.count('release')]).toEqual([sent, 1])
    expect(ready(world, 'low')).toMatchObject({ status: 'False', reason: 'Preempted' })
    world.setNodes([nodeState('b'), nodeState('c')])
    await world.clock.advance(10_000)
    expect(ready(world, 'low')).toMatchObject({ status: 'True' })
    expect([world.routes.get(unit(1)), world.routes.get(unit(2))]).toEqual(['server-b', 'server-c'])
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('is left by a move where there is another node for the lower one, which goes first [A17]', async () => {
    const { world, refusals } = createFullWorld({
      failoverIPs: [{ ...high, ...only('x') }, low],
      nodes: [zoned('a', 'x'), zoned('b', 'y')],
      routedTo: { [unit(2)]: 'a' },
    })
    const { ended, stop } = world.run()
    await world.clock.advance(10_000)
    expect(world.sent).toEqual([`${unit(2)} -> server-b`, `${unit(1)} -> server-a`])
    expect([world.count('release'), refusals()]).toEqual([0, 0])
    expect([ready(world, 'high')?.status, ready(world, 'low')?.status]).toEqual(['True', 'True'])
    expect(world.status('low').lastMove?.reason).toBe('Preempted')
    stop()
    await world.clock.advanceUntil(ended)
  })

  const blocked: readonly [string, SmallWorldOptions, string][] = [
    ['the provider cannot release', { capabilities: { release: false } }, 'NoFreeSlot'],
    ['the lower one is paused', { failoverIPs: [high, { ...low, policy: { ...policy, paused: true } }] }, 'NoFitNode'],
    ['the higher one is paused', { failoverIPs: [{ ...high, policy: { ...policy, paused: true } }, low] }, 'Paused'],
    ['nothing may be changed', { dryRun: true }, 'DryRun'],
    [
      'the higher one has to cool down',
      {
        capabilities: { coolDownSeconds: 3600 },
        failoverIPs: [{ ...high, status: { addresses: [{ ...recent(), epoch: 1 }] } }, low],
      },
      'CoolingDown',
    ],
    [
      'the account has no room for both changes',
      { capabilities: { accountWindows: [{ mutations: 1, seconds: 3600 }] } },
      'NoFreeSlot',
    ],
  ]
  test.each(blocked)('is kept while %s', async (_why, options, reason) => {
    const { world } = createFullWorld({
      failoverIPs: [high, low],
      nodes: [nodeState('a')],
      routedTo: { [unit(2)]: 'a' },
      ...options,
    })
    const { ended, stop } = world.run()
    await world.clock.advance(60_000)
    expect([world.count('release'), world.routes.get(unit(2))]).toEqual([0, 'server-a'])
    expect(ready(world, 'high')).toMatchObject({ status: 'False', reason })
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('is not taken again and again when the provider refuses the higher one all the same', async () => {
    const { world } = createFullWorld({
      failoverIPs: [high, low],
      nodes: [nodeState('a')],
      routedTo: { [unit(2)]: 'a' },
      routing: {
        assign: async (moved, server) => {
          if (moved === unit(1)) throw new ProviderError('Invalid', 'Not this one.', { outcome: 'not-applied' })
          world.routes.set(moved, server.id)
          return { status: 'done' }
        },
      },
    })
    const { ended, stop } = world.run()
    await world.clock.advance(1_000_000)
    expect(world.count('release')).toBeLessThanOrEqual(4)
    expect(ready(world, 'high')?.status).toBe('False')
    stop()
    await world.clock.advanceUntil(ended)
  })
})

test.each([
  ['two', [one('x', 1, only('b')), one('y', 2, only('a'))]],
  ['three', [one('x', 1, { ...only('b'), priority: 5 }), one('y', 2, only('c')), one('z', 3, only('a'))]],
])('full nodes that swap what they have end with everybody in place: %s [A17]', async (_count, failoverIPs) => {
  const names = ['a', 'b', 'c'].slice(0, failoverIPs.length)
  const { world, refusals } = createFullWorld({
    failoverIPs,
    nodes: names.map((name) => zoned(name, name)),
    routedTo: Object.fromEntries(names.map((name, index) => [unit(index + 1), name])),
  })
  const { ended, stop } = world.run()
  await world.clock.advance(60_000)
  expect(failoverIPs.map(({ key }) => ready(world, key)?.status)).toEqual(failoverIPs.map(() => 'True'))
  expect(failoverIPs.map(({ key }) => world.status(key).node)).toEqual(
    failoverIPs.map(({ nodeSelector }) => nodeSelector['zone']),
  )
  expect([world.count('release'), refusals()]).toEqual([1, 0])
  stop()
  await world.clock.advanceUntil(ended)
})

test('where a unit cannot go from one server to another directly it is released first, as one move', async () => {
  const capabilities: Partial<Capabilities> = { move: 'releaseFirst' }
  const world = createSmallWorld({
    failoverIPs: [one('x', 1)],
    capabilities,
    routedTo: { [unit(1)]: 'a' },
    routing: {
      assign: async (moved, server) => {
        const holder = world.routes.get(moved)
        if (holder !== undefined) throw new ProviderError('Conflict', 'It is held.', { outcome: 'not-applied' })
        world.routes.set(moved, server.id)
        return { status: 'done' }
      },
    },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(35_000)
  world.setNodes(['a', 'b'].map((name) => nodeState(name, { unschedulable: name === 'a' })))
  await world.clock.advance(5000)
  expect(world.routes.get(unit(1))).toBe('server-b')
  expect([world.count('release'), world.count('assign')]).toEqual([1, 1])
  expect(world.status('x')).toMatchObject({ moves: 1, lastMove: { reason: 'NodeLeaving', from: 'a', to: 'b' } })
  expect(world.events.filter(({ reason }) => reason === 'Moved')).toHaveLength(1)
  stop()
  await world.clock.advanceUntil(ended)
})

const outOfService = { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' } as const

function recent() {
  return { address: '51.15.129.1', unit: unit(1), changedAt: new Date(Date.UTC(2099, 0, 1)).toISOString() }
}
