import type { Routing } from '@failover-ip/provider'
import { describe, expect, test } from 'vitest'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { Policy } from '../domain/policy.ts'
import { failoverIP, policy } from '../plan/testing/situation.ts'
import { noProber } from '../ports/prober.ts'
import { createSmallWorld, nodeState, type SmallWorld, type SmallWorldOptions } from './testing/small-world.ts'

/** As something that no type allows, and a defect may bring about. */
function broken<Value>(text: string): Value {
  return JSON.parse(text) as Value
}

const good = failoverIP({ key: 'good', uid: 'good', addresses: ['51.15.129.1'] })
const bad = (change: Partial<FailoverIPInput>): FailoverIPInput =>
  failoverIP({ key: 'bad', uid: 'bad', addresses: ['51.15.129.2'], ...change })

const unpaused: Policy = {
  ...policy,
  get paused(): boolean {
    throw new Error('nobody knows')
  },
}

async function played(options: SmallWorldOptions, seconds = 60): Promise<SmallWorld> {
  const world = createSmallWorld(options)
  const { ended, stop } = world.run()
  await world.clock.advance(seconds * 1000)
  stop()
  await world.clock.advanceUntil(ended)
  return world
}

const readyOf = (status: FailoverIPStatus) => status.conditions?.find(({ type }) => type === 'Ready')

describe('one bad FailoverIP stops no other, is told, and holds with InternalError', () => {
  test.each<[string, FailoverIPInput]>([
    ['in the snapshot', bad({ policy: broken('null') })],
    ['in health', bad({ policy: broken('{"detection":null,"maintenance":{}}'), status: { addresses: [] } })],
    ['in placement', bad({ nodeSelector: broken('null') })],
    ['in its decision', bad({ policy: unpaused })],
    ['in its tolerations', bad({ tolerations: broken('5') })],
  ])('%s', async (_where, one) => {
    const nodes = [nodeState('a', { taints: [{ key: 'x', effect: 'NoSchedule' }] }), nodeState('b')]
    const routedTo = { '51.15.129.2/32': 'a' }
    const world = await played({ failoverIPs: [one, good], nodes, routedTo })
    expect(readyOf(world.status('good'))).toMatchObject({ status: 'True', reason: 'Serving' })
    expect(readyOf(world.status('bad'))).toMatchObject({ status: 'Unknown', reason: 'InternalError' })
    expect(world.troubles[0]).toMatchObject({ code: 'InternalError', key: 'bad', cause: expect.any(Error) })
    const told = world.events.filter((event) => event.reason === 'Problem' && event.problem === 'InternalError')
    expect(told.map(({ key }) => key)).toEqual(world.troubles.map(() => 'bad'))
    // Told again less and less often.
    expect(world.troubles.length).toBeLessThanOrEqual(7)
    expect(world.count('save')).toBeLessThanOrEqual(6)
  })

  test('in a status that cannot be read, which is left as it is', async () => {
    const status = broken<FailoverIPStatus>('{"addresses":[null]}')
    const world = await played({ failoverIPs: [bad({ status }), good] })
    expect(readyOf(world.status('good'))).toMatchObject({ status: 'True' })
    expect(world.status('bad')).toEqual(status)
    expect(world.troubles[0]).toMatchObject({ code: 'InternalError', key: 'bad' })
  })

  test('and is well again once it is mended', async () => {
    const world = createSmallWorld({ failoverIPs: [bad({ nodeSelector: broken('null') }), good] })
    const { ended, stop } = world.run()
    await world.clock.advance(30_000)
    expect(readyOf(world.status('bad'))).toMatchObject({ reason: 'InternalError' })
    world.update((one) => ({ ...one, nodeSelector: {} }))
    await world.clock.advance(5000)
    expect(readyOf(world.status('bad'))).toMatchObject({ status: 'True', reason: 'Serving' })
    stop()
    await world.clock.advanceUntil(ended)
  })
})

describe('one bad answer of a provider stops nothing but what it is about', () => {
  test.each<[string, Partial<Routing>]>([
    [
      'a unit that is no unit',
      { observe: async (units) => units.map((unit) => broken(unit.includes('.2/') ? 'null' : found(unit))) },
    ],
    [
      'a server that is none',
      { observe: async (units) => units.map((unit) => broken(unit.includes('.2/') ? weird(unit) : found(unit))) },
    ],
  ])('%s', async (_what, routing) => {
    const world = await played({ failoverIPs: [bad({}), good], routing })
    expect(readyOf(world.status('good'))?.reason).not.toBe('InternalError')
    expect(world.status('good').addresses?.[0]?.node).toBe('a')
    expect(readyOf(world.status('bad'))?.status).not.toBe('True')
  })

  test('an account that cannot be opened', async () => {
    const world = createSmallWorld({ failoverIPs: [good] })
    const { ended, stop } = world.run()
    world.addAccount(broken('{"key":"bad","provider":"acme","capabilities":{},"routing":null,"recentOperations":[]}'))
    await world.clock.advance(10_000)
    expect(readyOf(world.status('good'))).toMatchObject({ status: 'True' })
    expect(world.troubles[0]).toBeInstanceOf(TypeError)
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('matches that cannot be counted', async () => {
    const world = await played({
      failoverIPs: [good],
      capabilities: { slotsPerServer: 1 },
      routing: { resolve: async (nodes) => nodes.map(({ name }) => broken(match(name))) },
    })
    expect(readyOf(world.status('good'))).toMatchObject({ reason: 'InternalError' })
    expect(world.troubles[0]).toMatchObject({ key: 'good' })
  })
})

describe('what breaks a whole turn', () => {
  test('is told, slowed down, tried again, and over when it is mended', async () => {
    let isBroken = true
    let turns = 0
    const prober = {
      ...noProber,
      watch: () => {
        turns += 1
        if (isBroken) throw new Error('no sockets left')
      },
    }
    const world = createSmallWorld({ failoverIPs: [good], prober })
    const { ended, stop } = world.run()
    await world.clock.advance(120_000)
    expect(world.troubles.length).toBe(turns)
    expect(turns).toBeGreaterThan(8)
    expect(turns).toBeLessThan(25)
    // What was decided before is done all the same.
    expect(world.count('protect') + world.count('save')).toBeGreaterThan(0)
    isBroken = false
    await world.clock.advance(15_000)
    expect(readyOf(world.status('good'))).toMatchObject({ status: 'True' })
    stop()
    await world.clock.advanceUntil(ended)
  })

  test('is not even a listener that throws', async () => {
    const world = await played({
      failoverIPs: [good],
      onEvent: () => {
        throw new Error('the listener is ill')
      },
    })
    expect(readyOf(world.status('good'))).toMatchObject({ status: 'True' })
    expect(world.troubles.length).toBeGreaterThan(0)
  })
})

const found = (unit: string): string =>
  JSON.stringify({
    kind: 'found',
    unit,
    location: 'z',
    server: { id: 'server-a', location: 'z' },
    inFlight: false,
    locked: false,
  })
const weird = (unit: string): string => JSON.stringify({ kind: 'found', unit, location: 'z', server: 5 })
const match = (node: string): string =>
  JSON.stringify({ kind: 'matched', node, server: { id: `server-${node}`, location: 'z' }, units: 7 })
