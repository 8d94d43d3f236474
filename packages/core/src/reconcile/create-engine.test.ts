import { describe, expect, test } from 'vitest'
import { ProviderError, type ServerMatch } from '@failover-ip/provider'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { failoverIP, operation, policy, recorded, serverOf, v4 } from '../plan/testing/situation.ts'
import { noProber, type ProbeEvidence, type ProbeTarget } from '../ports/prober.ts'
import { createSmallWorld, nodeState, refuse, type SmallWorldOptions } from './testing/small-world.ts'

const minute = 60_000
/** A turn a second keeps probe paths proven. */
const mostPerMinute: Readonly<Record<string, number>> = {
  turn: 90,
  observe: 6,
  resolve: 2,
  assign: 2,
  poll: 7,
  save: 7,
}

test('probes who holds something in the rhythm of its detection, and the others slowly', async () => {
  let targets: readonly ProbeTarget[] = []
  const detection = { interval: 500, misses: 4, witnesses: 2 }
  const world = createSmallWorld({
    routedTo: { [v4]: 'a' },
    failoverIPs: [failoverIP({ policy: { ...policy, detection }, status: { addresses: [recorded(v4, 'a')] } })],
    nodes: [...['a', 'b'].map((name) => nodeState(name, { probeAddress: `10.0.0.${name}` })), nodeState('c')],
    prober: { ...noProber, watch: (given) => void (targets = given) },
  })
  const { ended, stop } = world.run()
  await world.clock.advance(1000)
  expect(targets).toEqual([
    { node: 'a', address: '10.0.0.a', interval: 500 },
    { node: 'b', address: '10.0.0.b', interval: 2000 },
  ])
  stop()
  await world.clock.advanceUntil(ended)
})

describe('nothing runs hot under a fault that lasts', () => {
  const forEver: Readonly<Record<string, SmallWorldOptions>> = {
    'steady state': { routedTo: { [v4]: 'a' } },
    'a cloud that cannot be read': { routing: { observe: refuse('Transient') } },
    'servers that cannot be matched': { routing: { resolve: refuse('Denied') }, routedTo: { [v4]: 'a' } },
    'a cloud that is away': { routing: { observe: refuse('Transient'), resolve: refuse('Transient') } },
    'changes that time out': { routing: { assign: refuse('Transient', 'unknown') } },
    'changes that are refused': { routing: { assign: refuse('Invalid') } },
    'changes that nobody may make': { routing: { assign: refuse('Denied') } },
    'changes that are called done and never happen': { routing: { assign: async () => ({ status: 'done' }) } },
    'operations that stay pending': {
      routing: {
        assign: async () => ({ status: 'pending', operation: 1 }),
        poll: async () => ({ status: 'pending', operation: 1 }),
      },
    },
    'operations that fail': {
      routing: { assign: async () => ({ status: 'pending', operation: 1 }), poll: refuse('Conflict') },
    },
    'operations that fail by no fault of their node': {
      routing: { assign: async () => ({ status: 'pending', operation: 1 }), poll: refuse('Transient', 'unknown') },
    },
    'operations that cannot be asked about': {
      routing: { assign: async () => ({ status: 'pending', operation: 1 }), poll: refuse('Transient') },
    },
    'a store that meets conflicts': { save: async () => 'conflict' },
    'a store that lets everything rest': { save: async () => 'resting' },
    'a store that rejects': { save: () => Promise.reject(new Error('the store is away')) },
    'authority that is lost': { authority: { mayAct: () => false } },
    'a unit that is always in flight': {
      routing: {
        observe: async (units) =>
          units.map((unit) => ({ kind: 'found', unit, location: 'z', server: null, inFlight: true, locked: false })),
      },
    },
  }
  test.each(Object.entries(forEver))('%s', async (_name, options) => {
    const world = createSmallWorld(options)
    const { ended, stop } = world.run()
    await world.clock.advance(5 * minute)
    const before = Object.keys(mostPerMinute).map((call) => [call, world.count(call)] as const)
    await world.clock.advance(10 * minute)
    const perMinute = before.map(([call, count]) => [call, (world.count(call) - count) / 10] as const)
    const hot = perMinute.filter(([call, count]) => count > (mostPerMinute[call] ?? 0))
    expect(hot).toEqual([])
    stop()
    await world.clock.advanceUntil(ended)
    expect(world.clock.sleepers).toBe(0)
  })
})

test('a dead holder that may not be left costs a look every other second, however often it is probed, until it is back', async () => {
  let turns = 0
  let isDead = false
  let hear: (evidence: ProbeEvidence) => void = () => undefined
  const say = (node: string, vantage: string): ProbeEvidence => {
    const at = world.clock.monotonic()
    return { node, vantage, kind: node === 'a' && isDead ? 'silence' : 'reply', at, sentAt: at }
  }
  const world = createSmallWorld({
    routedTo: { [v4]: 'a' },
    failoverIPs: [failoverIP({ policy: { ...policy, paused: true }, status: { addresses: [recorded(v4, 'a')] } })],
    nodes: ['a', 'b', 'c'].map((name) => nodeState(name, { probeAddress: `10.0.0.${name}` })),
    prober: {
      ...noProber,
      watch: () => void (turns += 1),
      listen: (listener) => ((hear = listener), () => undefined),
      probe: async ({ node }) => say(node, 'leader'),
      askWitnesses: async ({ node }, witnesses) => witnesses.map((witness) => say(node, witness)),
    },
  })
  const { ended, stop } = world.run()
  const pass = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds * 5; i += 1) {
      await world.clock.advance(200)
      for (const node of ['a', 'b', 'c']) hear(say(node, 'leader'))
    }
  }
  await pass(10)
  isDead = true
  await pass(10)
  expect(world.engine.state.nodes.get('a')?.verdict).toBe('dead')
  turns = 0
  await pass(60)
  expect(turns).toBeGreaterThan(20)
  expect(turns).toBeLessThan(40)
  isDead = false
  await pass(1)
  expect(world.engine.state.nodes.get('a')?.verdict).toBe('healthy')
  stop()
  await world.clock.advanceUntil(ended)
})

const cordoned = ['a', 'b', 'c'].map((name) => nodeState(name, { unschedulable: name === 'a' }))
const awayFor = (node: string): ServerMatch => ({ kind: 'unknown', node, message: 'The cloud is away.' })
const matchOf = (node: string): ServerMatch => ({ kind: 'matched', node, server: serverOf(node) })
const several = (count: number): readonly FailoverIPInput[] =>
  Array.from({ length: count }, (_, i) =>
    failoverIP({ key: `ip-${i}`, uid: `uid-${i}`, addresses: [`51.15.129.${i}`] }),
  )

describe('the engine', () => {
  test('stores nothing more once all is well, and nothing after a restart [A11]', async () => {
    const world = createSmallWorld({ routedTo: { [v4]: 'a' } })
    const first = world.run()
    await world.clock.advance(10 * minute)
    expect(world.status()).toMatchObject({ node: 'a', moves: 0 })
    const saved = world.count('save')
    expect(saved).toBeLessThanOrEqual(2)
    await world.clock.advance(60 * minute)
    expect(world.count('save')).toBe(saved)
    first.stop()
    await world.clock.advanceUntil(first.ended)
    const next = createSmallWorld({ routedTo: { [v4]: 'a' }, failoverIPs: [failoverIP({ status: world.status() })] })
    const second = next.run()
    await next.clock.advance(60 * minute)
    expect([next.count('save'), next.count('assign'), next.events]).toEqual([0, 0, []])
    second.stop()
    await next.clock.advanceUntil(second.ended)
  })

  test('asks no more about an operation that failed, and tries again within seconds', async () => {
    const world = createSmallWorld({
      routing: {
        assign: async (unit) => {
          if (world.count('assign') <= 1) return { status: 'pending', operation: 1 }
          world.routes.set(unit, 'server-a')
          return { status: 'done' }
        },
        poll: refuse('Transient', 'unknown'),
      },
    })
    const { ended, stop } = world.run()
    await world.clock.advance(20_000)
    expect([world.count('poll'), world.count('assign'), world.status().node]).toEqual([1, 2, 'a'])
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('does not let one that always fails delay the others', async () => {
    const failoverIPs = several(10)
    const world = createSmallWorld({
      failoverIPs,
      routing: {
        assign: async (unit) => {
          if (unit === '51.15.129.0/32') throw new ProviderError('Transient', 'No.', { outcome: 'unknown' })
          world.routes.set(unit, 'server-b')
          return { status: 'done' }
        },
      },
    })
    const { ended, stop } = world.run()
    await world.clock.advance(5000)
    const nodes = failoverIPs.map(({ key }) => world.status(key).node)
    expect([nodes[0], nodes.slice(1).every((node) => node !== undefined)]).toEqual([undefined, true])
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('stays within the window of an account when many want a change at once', async () => {
    const world = createSmallWorld({
      failoverIPs: several(12),
      capabilities: { accountWindows: [{ mutations: 5, seconds: 60 }] },
    })
    const { ended, stop } = world.run()
    await world.clock.advance(59_000)
    expect(world.count('assign')).toBe(5)
    await world.clock.advance(minute)
    expect(world.count('assign')).toBe(10)
    await world.clock.advance(minute)
    expect(world.count('assign')).toBe(12)
    stop()
    await world.clock.advanceUntil(ended)
  })

  test.each<[string, SmallWorldOptions['routing']]>([
    ['and says so of each node', { resolve: async (nodes) => nodes.map(({ name }) => awayFor(name)) }],
    ['and rejects', { resolve: refuse('Transient') }],
  ])('claims nothing about nodes and units while the cloud is away from the start (%s)', async (_how, routing) => {
    const world = createSmallWorld({ routing: { observe: refuse('Transient'), ...routing } })
    const { ended, stop } = world.run()
    await world.clock.advance(minute)
    const { conditions = [], rejectedNodes } = world.status()
    expect(conditions).toMatchObject([
      { type: 'Ready', status: 'False', reason: 'ProviderUnavailable' },
      { type: 'Placed', status: 'Unknown', reason: 'ProviderUnavailable' },
      { type: 'Assigned', status: 'Unknown', reason: 'ProviderUnavailable' },
    ])
    expect(rejectedNodes).toBeUndefined()
    expect(JSON.stringify(world.status())).not.toContain('no server')
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('calls nobody foreign while it is not known of one node which server it is', async () => {
    let isAway = true
    const world = createSmallWorld({
      routedTo: { [v4]: 'c' },
      routing: {
        resolve: async (nodes) => nodes.map(({ name }) => (isAway && name === 'c' ? awayFor(name) : matchOf(name))),
      },
    })
    const { ended, stop } = world.run()
    await world.clock.advance(minute)
    expect(world.status().conditions?.map(({ reason }) => reason)).not.toContain('ForeignHolder')
    isAway = false
    await world.clock.advance(minute)
    expect([world.count('assign'), world.status().node]).toEqual([0, 'c'])
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('keeps an address on a node while it is not known which server the node is', async () => {
    let isAway = false
    const world = createSmallWorld({
      routedTo: { [v4]: 'a' },
      routing: {
        resolve: async (nodes) => nodes.map(({ name }) => (isAway && name === 'a' ? awayFor(name) : matchOf(name))),
      },
    })
    const first = world.run()
    await world.clock.advance(minute)
    first.stop()
    await world.clock.advanceUntil(first.ended)
    isAway = true
    const status = world.status()
    const next = createSmallWorld({
      routedTo: { [v4]: 'a' },
      failoverIPs: [failoverIP({ status })],
      routing: {
        resolve: async (nodes) => nodes.map(({ name }) => (name === 'a' ? awayFor(name) : matchOf(name))),
      },
    })
    const second = next.run()
    await next.clock.advance(minute)
    expect([next.count('assign'), next.status().node]).toEqual([0, 'a'])
    second.stop()
    await next.clock.advanceUntil(second.ended)
  })

  test('wakes up when the delay of a maintenance is over', async () => {
    const delayed = { ...policy, maintenance: { onCordon: 'Move' as const, delay: 7000 } }
    const world = createSmallWorld({ routedTo: { [v4]: 'a' }, failoverIPs: [failoverIP({ policy: delayed })] })
    const { ended, stop } = world.run()
    await world.clock.advance(31_000)
    world.setNodes(cordoned)
    await world.clock.advance(6900)
    expect(world.count('assign')).toBe(0)
    await world.clock.advance(300)
    expect(world.count('assign')).toBe(1)
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('tells the end of a FailoverIP once, however often the store refuses', async () => {
    let refusals = 3
    const world = createSmallWorld({
      routedTo: { [v4]: 'a' },
      failoverIPs: [failoverIP({ deleting: true })],
      unprotect: () => ((refusals -= 1) >= 0 ? 'conflict' : 'written'),
    })
    const { ended, stop } = world.run()
    await world.clock.advance(minute)
    expect(world.events.map(({ reason }) => reason)).toEqual(['Retained'])
    expect(world.count('unprotect')).toBe(4)
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('neither stores intents nor sends anything once it may not act', async () => {
    let mayAct = true
    const world = createSmallWorld({ routedTo: { [v4]: 'a' }, authority: { mayAct: () => mayAct } })
    const { ended, stop } = world.run()
    await world.clock.advance(minute)
    mayAct = false
    world.setNodes(cordoned)
    await world.clock.advance(minute)
    expect([world.count('assign'), world.status().addresses?.[0]?.operation]).toEqual([0, undefined])
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('tells nothing of what the store lets rest', async () => {
    const world = createSmallWorld({ routedTo: { [v4]: 'a' }, save: async () => 'resting' })
    const { ended, stop } = world.run()
    await world.clock.advance(minute)
    expect([world.count('save'), world.events]).toEqual([2, []])
    stop()
    await world.clock.advanceUntil(ended)
  })

  test.each(['conflict', 'resting'] as const)('sends nothing whose intent was not stored: %s', async (result) => {
    const world = createSmallWorld({ save: async () => result })
    const { ended, stop } = world.run()
    await world.clock.advance(minute)
    expect([world.count('save') > 1, world.count('assign')]).toEqual([true, 0])
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('waits out the change of another process, says so once, and finishes it', async () => {
    const begun = recorded(v4, 'a', { operation: operation('a', 'b') })
    const world = createSmallWorld({
      routedTo: { [v4]: 'b' },
      failoverIPs: [failoverIP({ status: { addresses: [begun] } })],
    })
    const { ended, stop } = world.run()
    await world.clock.advance(4900)
    expect(world.status().addresses?.[0]?.operation?.id).toBe('op')
    await world.clock.advance(1000)
    expect([world.status().node, world.count('assign')]).toEqual(['b', 0])
    expect(world.events.filter(({ reason }) => reason === 'Resumed')).toMatchObject([{ unit: v4, operation: 'op' }])
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('ends at once when it has nothing open, and settles a change that it has sent', async () => {
    const world = createSmallWorld({ routedTo: { [v4]: 'a' } })
    const { ended, stop } = world.run()
    await world.clock.advance(minute)
    world.setNodes(cordoned)
    await world.clock.advanceUntil(() => world.count('assign') === 1)
    stop()
    const from = world.clock.monotonic()
    await world.clock.advanceUntil(ended)
    expect(world.clock.monotonic() - from).toBeLessThan(1000)
    expect(world.status().addresses?.[0]).toMatchObject({ node: expect.stringMatching(/^[bc]$/) })
    expect(world.status().addresses?.[0]?.operation).toBeUndefined()
    expect(world.clock.sleepers).toBe(0)
  })

  test('ends by its deadline when a change cannot be settled', async () => {
    const world = createSmallWorld({ routing: { assign: () => new Promise(() => {}) } })
    const { ended, stop } = world.run()
    await world.clock.advanceUntil(() => world.count('assign') === 1)
    stop()
    const from = world.clock.monotonic()
    await world.clock.advanceUntil(ended)
    expect(world.clock.monotonic() - from).toBeLessThanOrEqual(8000 + 250)
  })
})
