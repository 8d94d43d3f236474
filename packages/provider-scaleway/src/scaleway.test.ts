import { ConfigurationError, isProviderError } from '@failover-ip/provider'
import type { JsonValue, NodeFacts, Routing } from '@failover-ip/provider'
import { createScalewayEmulator, createVirtualClock, serveEmulator } from '@failover-ip/provider-testkit'
import type { ScalewayEmulator, ScalewayEmulatorOptions, VirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { createScaleway } from './scaleway.ts'
import type { ScalewaySettings } from './scaleway.ts'

interface Setup {
  readonly cloud: ScalewayEmulator
  readonly clock: VirtualClock
  readonly routing: Routing
  readonly signal: AbortSignal
  /** Lets time pass until the call is over. */
  run<Value>(promise: Promise<Value>): Promise<Value>
  /** The error that the call ends with. */
  fail(promise: Promise<unknown>): Promise<unknown>
}

function setUp(options: Partial<ScalewayEmulatorOptions> = {}, settings: Partial<ScalewaySettings> = {}): Setup {
  const clock = createVirtualClock()
  const cloud = createScalewayEmulator({ clock, latencyMs: 150, ...options })
  const { accessKey, secretKey, project } = cloud.account
  const account = createScaleway({ accessKey, secretKey, projectId: project, ...settings })
  const routing = account.open({ fetch: cloud.fetch, clock, userAgent: 'failover-ip/test' })
  return {
    cloud,
    clock,
    routing,
    signal: new AbortController().signal,
    run: (promise) => clock.advanceUntil(promise),
    fail: (promise) =>
      clock.advanceUntil(
        promise.then(
          () => Promise.reject(new Error('it did not fail')),
          (error: unknown) => error,
        ),
      ),
  }
}

function nodeOf(name: string, more: Partial<NodeFacts> = {}): NodeFacts {
  return { name, addresses: [], labels: {}, annotations: {}, ...more }
}

const v6 = '2001:bc8:710:3c3b::/64'

describe('observe', () => {
  it('says where units are, IPv4 and IPv6 alike [A1]', async () => {
    const { cloud, routing, signal, run } = setUp()
    const server = cloud.addServer()
    const other = cloud.addServer({ zone: 'nl-ams-1' })
    const v4 = cloud.addIp({ server: server.id }).unit
    cloud.addIp({ unit: v6, zone: 'nl-ams-1', server: other.id })
    const free = cloud.addIp().unit
    expect(await run(routing.observe([v6, '192.0.2.1/32', free, v4], { signal }))).toEqual([
      {
        kind: 'found',
        unit: v6,
        location: 'nl-ams-1',
        server: { id: other.id, location: 'nl-ams-1' },
        inFlight: false,
        locked: false,
      },
      { kind: 'absent', unit: '192.0.2.1/32' },
      { kind: 'found', unit: free, location: 'fr-par-1', server: null, inFlight: false, locked: false },
      {
        kind: 'found',
        unit: v4,
        location: 'fr-par-1',
        server: { id: server.id, location: 'fr-par-1' },
        inFlight: false,
        locked: false,
      },
    ])
  })

  it('reads one list per zone, and later only the zones where the units are', async () => {
    const { cloud, routing, signal, run } = setUp()
    const units = Array.from({ length: 250 }, () => cloud.addIp().unit)
    await run(routing.observe(units, { signal }))
    expect(cloud.requests).toHaveLength(8 + 3)
    await run(routing.observe(units, { signal }))
    expect(cloud.requests).toHaveLength(8 + 3 + 3)
  })

  it('looks in several projects of several zones [A1]', async () => {
    const projects = ['70000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000002'] as const
    const { cloud, routing, signal, run } = setUp({}, { projectIds: projects, zones: ['fr-par-1', 'nl-ams-1'] })
    const [a, b] = [
      cloud.addServer({ project: projects[0] }),
      cloud.addServer({ project: projects[1], zone: 'nl-ams-1' }),
    ]
    const [mine, yours] = [
      cloud.addIp({ project: projects[0], server: a.id }).unit,
      cloud.addIp({ project: projects[1], zone: 'nl-ams-1' }).unit,
    ]
    const foreign = cloud.addIp().unit
    expect(await run(routing.observe([mine, yours, foreign], { signal }))).toMatchObject([
      { kind: 'found', location: 'fr-par-1', server: { id: a.id } },
      { kind: 'found', location: 'nl-ams-1', server: null },
      { kind: 'absent' },
    ])
    const nodes = [a, b].map(({ name, providerID }) => nodeOf(name, { providerID }))
    expect(await run(routing.resolve(nodes, { signal }))).toMatchObject([
      { kind: 'matched', server: { id: a.id } },
      { kind: 'matched', server: { id: b.id } },
    ])
    await run(routing.assign(yours, { id: b.id, location: 'nl-ams-1' }, { signal }))
    expect(cloud.attachment(yours)?.server).toBe(b.id)
  })

  it('says unknown when one of several projects cannot be read', async () => {
    const projects = ['70000000-0000-4000-8000-000000000001', '70000000-0000-4000-8000-000000000002'] as const
    const { cloud, routing, signal, run } = setUp({}, { projectIds: projects, zones: ['fr-par-1'] })
    const { unit } = cloud.addIp({ project: projects[0] })
    cloud.faults.add({ path: projects[1], fault: { kind: 'status', status: 500 } })
    expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'unknown' }])
  })

  it('finds a unit that was re-created in another zone', async () => {
    const { cloud, routing, signal, run } = setUp()
    const { unit } = cloud.addIp()
    await run(routing.observe([unit], { signal }))
    cloud.removeIp(unit)
    cloud.addIp({ unit, zone: 'pl-waw-2' })
    expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', location: 'pl-waw-2' }])
  })

  it('never takes a failed or truncated list for absence [A50]', async () => {
    const { cloud, routing, signal, run } = setUp({}, { zones: ['fr-par-1', 'nl-ams-1'] })
    const here = cloud.addIp().unit
    const there = cloud.addIp({ zone: 'nl-ams-1' }).unit
    for (const fault of [
      { kind: 'status', status: 500 },
      { kind: 'truncate' },
      { kind: 'malformed', text: '{' },
    ] as const) {
      cloud.faults.add({ path: 'nl-ams-1', fault })
      const [first, second] = await run(routing.observe([here, there], { signal }))
      expect(first).toMatchObject({ kind: 'found' })
      expect(second).toMatchObject({ kind: 'unknown', error: { code: 'Transient', outcome: 'not-applied' } })
    }
  })

  it('notices a count that is missing', async () => {
    const { cloud, routing, signal, run } = setUp({}, { zones: ['fr-par-1'] })
    const { unit } = cloud.addIp()
    cloud.faults.add({ fault: { kind: 'status', status: 200, body: { ips: [] } } })
    expect(await run(routing.observe([unit], { signal }))).toMatchObject([
      { kind: 'unknown', error: { code: 'Transient' } },
    ])
  })

  it('lets one item that makes no sense hide nothing but what it may be', async () => {
    const { cloud, routing, signal, run } = setUp({}, { zones: ['fr-par-1'] })
    const { unit } = cloud.addIp()
    const good = { id: 'a', address: '51.15.0.9', prefix: null, server: null, state: 'detached', type: 'new_type' }
    const body = { ips: [good, { id: 'b', address: null, prefix: null, state: 'detached' }] }
    cloud.faults.add({ fault: { kind: 'status', status: 200, body, headers: { 'x-total-count': '2' } } })
    const [first, second] = await run(routing.observe(['51.15.0.9/32', unit], { signal }))
    expect(first).toMatchObject({ kind: 'found' })
    expect(second).toMatchObject({ kind: 'unknown' })
  })

  it('does not guess what a new state means', async () => {
    const { cloud, routing, signal, run } = setUp({}, { zones: ['fr-par-1'] })
    const ip = { id: 'a', address: '51.15.0.9', prefix: null, server: null, state: 'levitating', type: 'routed_ipv4' }
    cloud.faults.add({ fault: { kind: 'status', status: 200, body: { ips: [ip] }, headers: { 'x-total-count': '1' } } })
    const [observation] = await run(routing.observe(['51.15.0.9/32'], { signal }))
    expect(observation).toMatchObject({
      kind: 'unknown',
      error: { message: expect.stringContaining('"levitating"') as string },
    })
  })

  it('says that a change is in flight', async () => {
    const { cloud, routing, signal, run } = setUp({ switches: { attachSeconds: 20 } })
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    await run(routing.assign(unit, { id: server.id, location: server.location }, { signal }))
    expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found', inFlight: true }])
  })

  it('sees only the project of the Secret', async () => {
    const { cloud, routing, signal, run } = setUp()
    const { unit } = cloud.addIp({ project: '70000000-0000-4000-8000-000000000000' })
    expect(await run(routing.observe([unit], { signal }))).toEqual([{ kind: 'absent', unit }])
  })

  it('rejects at once with the reason of the signal', async () => {
    const { cloud, clock, routing } = setUp()
    const { unit } = cloud.addIp()
    const controller = new AbortController()
    const observing = routing.observe([unit], { signal: controller.signal })
    await clock.advance(10)
    const reason = new Error('deadline')
    controller.abort(reason)
    await expect(observing).rejects.toBe(reason)
  })

  it('is not confused by a charset in the content type', async () => {
    const { cloud, clock, signal, run } = setUp()
    const { unit } = cloud.addIp()
    const { accessKey, secretKey } = cloud.account
    const routing = createScaleway({ accessKey, secretKey }).open({
      fetch: async (input, init) => {
        const response = await cloud.fetch(input, init)
        response.headers.set('content-type', 'application/json; charset=utf-8')
        return response
      },
      clock,
      userAgent: 'failover-ip/test',
    })
    expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ kind: 'found' }])
  })
})

describe('resolve', () => {
  it('matches by providerID, old form and new, with the units that each carries [A1]', async () => {
    const { cloud, routing, signal, run } = setUp()
    const a = cloud.addServer({ dynamicAddress: '51.158.96.95' })
    const b = cloud.addServer({ zone: 'nl-ams-2' })
    const v4 = cloud.addIp({ server: a.id }).unit
    cloud.addIp({ unit: v6, server: a.id })
    const nodes = [
      nodeOf('a', { providerID: a.providerID }),
      nodeOf('b', { providerID: `scaleway://${b.id}`, labels: { 'topology.kubernetes.io/zone': 'nl-ams-2' } }),
    ]
    expect(await run(routing.resolve(nodes, { signal }))).toEqual([
      { kind: 'matched', node: 'a', server: { id: a.id, location: 'fr-par-1' }, units: ['51.158.96.95/32', v4, v6] },
      { kind: 'matched', node: 'b', server: { id: b.id, location: 'nl-ams-2' }, units: [] },
    ])
    expect(cloud.requests).toHaveLength(2)
  })

  it('finds the zone of an old providerID without a label', async () => {
    const { cloud, routing, signal, run } = setUp()
    const server = cloud.addServer({ zone: 'pl-waw-3' })
    const [match] = await run(routing.resolve([nodeOf('a', { providerID: `scaleway://${server.id}` })], { signal }))
    expect(match).toMatchObject({ kind: 'matched', server: { id: server.id, location: 'pl-waw-3' } })
  })

  it('says why a node has no server', async () => {
    const { cloud, routing, signal, run } = setUp()
    const gone = cloud.addServer()
    cloud.removeServer(gone.id)
    const nodes = [
      nodeOf('metal', { providerID: `scaleway://baremetal/fr-par-1/${gone.id}` }),
      nodeOf('alien', { providerID: 'aws:///eu-west-3a/i-0' }),
      nodeOf('gone', { providerID: gone.providerID }),
      nodeOf('nobody'),
    ]
    const matches = await run(routing.resolve(nodes, { signal }))
    expect(matches.map((match) => (match.kind === 'unmatched' ? match.message : match.kind))).toEqual([
      'Node metal is a Scaleway baremetal server; routed addresses go to Instances only.',
      'Node alien has providerID "aws:///eu-west-3a/i-0", which is no Instance of Scaleway\'s.',
      `Node gone is Instance ${gone.id}, which is not in zone fr-par-1 of the Secret's project. Check the project.`,
      'Node nobody has no providerID, and no Instance in any of the zones looked at has its name or one of its addresses. Set spec.providerID.',
    ])
  })

  it('matches a node without providerID by name, else by address, when exactly one Instance fits', async () => {
    const { cloud, routing, signal, run } = setUp()
    const named = cloud.addServer({ name: 'worker-1' })
    const addressed = cloud.addServer({ dynamicAddress: '51.158.96.95' })
    cloud.addServer({ name: 'twin' })
    cloud.addServer({ name: 'twin', zone: 'nl-ams-1' })
    const nodes = [nodeOf('worker-1'), nodeOf('x', { addresses: ['10.0.0.1', '51.158.96.95'] }), nodeOf('twin')]
    expect(await run(routing.resolve(nodes, { signal }))).toMatchObject([
      { kind: 'matched', server: { id: named.id } },
      { kind: 'matched', server: { id: addressed.id } },
      { kind: 'unmatched', message: expect.stringContaining('2 Instances fit') as string },
    ])
  })

  it('does not match by name while a zone cannot be read, and says unknown for nodes of that zone', async () => {
    const { cloud, routing, signal, run } = setUp()
    cloud.addServer({ name: 'worker-1' })
    const far = cloud.addServer({ zone: 'nl-ams-1' })
    const near = cloud.addServer()
    cloud.faults.add({ path: 'nl-ams-1', times: Infinity, fault: { kind: 'status', status: 502 } })
    const nodes = [
      nodeOf('worker-1'),
      nodeOf('far', { providerID: far.providerID }),
      nodeOf('near', { providerID: near.providerID }),
    ]
    const matches = await run(routing.resolve(nodes, { signal }))
    expect(matches.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'matched'])
  })
})

describe('serverStates', () => {
  it('calls stopped what has stopped and gone what a read of its own does not find [A1]', async () => {
    const { cloud, routing, signal, run } = setUp()
    const states = ['running', 'stopped', 'stopped in place', 'starting', 'stopping', 'locked'] as const
    const servers = states.map((state) => cloud.addServer({ state }))
    const elsewhere = cloud.addServer({ project: '70000000-0000-4000-8000-000000000000' })
    const gone = cloud.addServer()
    cloud.removeServer(gone.id)
    const references = [...servers, elsewhere, gone].map(({ id, zone }) => ({ id, location: zone }))
    expect(await run(routing.serverStates?.(references, { signal }) ?? Promise.reject(new Error('none')))).toEqual([
      'running',
      'stopped',
      'stopped',
      'unknown',
      'unknown',
      'unknown',
      'running',
      'gone',
    ])
  })

  it('reads a few one by one and many by one list', async () => {
    const { cloud, routing, signal, run } = setUp()
    const references = Array.from({ length: 6 }, () => cloud.addServer()).map(({ id, zone }) => ({
      id,
      location: zone,
    }))
    await run(routing.serverStates?.(references.slice(0, 2), { signal }) ?? Promise.resolve([]))
    await run(routing.serverStates?.(references, { signal }) ?? Promise.resolve([]))
    const [first, second] = references.map(({ id }) => id)
    const paths = cloud.requests.map(({ path }) => path.replace('/instance/v1/zones/fr-par-1/servers', '').slice(0, 37))
    expect(paths.slice(0, 2)).toEqual([`/${first}`, `/${second}`])
    expect(paths.slice(2)).toEqual([expect.stringMatching(/^\?page=1/)])
  })

  it.each([1, 6])('knows nothing when the cloud does not answer, of %i servers', async (count) => {
    const { cloud, routing, signal, run } = setUp()
    const references = Array.from({ length: count }, () => ({ id: cloud.addServer().id, location: 'fr-par-1' }))
    cloud.faults.add({ times: Infinity, fault: { kind: 'status', status: 500 } })
    const states = await run(routing.serverStates?.(references, { signal }) ?? Promise.resolve([]))
    expect(states).toEqual(references.map(() => 'unknown'))
  })
})

describe.each([{ moveNeedsDetach: false }, { moveNeedsDetach: true }])('assign and release, %o', (switches) => {
  it.each(['51.15.129.35/32', v6])('moves %s from one Instance to the other [A1]', async (unit) => {
    const { cloud, routing, signal, run } = setUp({ switches })
    const [from, to] = [cloud.addServer(), cloud.addServer()]
    cloud.addIp({ unit, server: from.id })
    expect(await run(routing.assign(unit, { id: to.id, location: to.location }, { signal }))).toEqual({
      status: 'done',
    })
    expect(cloud.attachment(unit)).toEqual({ server: to.id, state: 'attached' })
    expect(cloud.mutations()).toHaveLength(switches.moveNeedsDetach ? 2 : 1)
  })

  it('does nothing when the unit is there already', async () => {
    const { cloud, routing, signal, run } = setUp({ switches: { ...switches, sameServerRefused: true } })
    const server = cloud.addServer()
    const { unit } = cloud.addIp({ server: server.id })
    expect(await run(routing.assign(unit, { id: server.id, location: server.location }, { signal }))).toEqual({
      status: 'done',
    })
    expect(cloud.mutations()).toHaveLength(0)
  })

  it('detaches from the Instance that has it, and leaves it with any other', async () => {
    const { cloud, routing, signal, run } = setUp({ switches })
    const [a, b] = [cloud.addServer(), cloud.addServer()]
    const { unit } = cloud.addIp({ server: a.id })
    expect(await run(routing.release(unit, { id: b.id, location: b.location }, { signal }))).toEqual({ status: 'done' })
    expect(cloud.mutations()).toHaveLength(0)
    expect(await run(routing.release(unit, { id: a.id, location: a.location }, { signal }))).toEqual({ status: 'done' })
    expect(cloud.attachment(unit)).toEqual({ server: null, state: 'detached' })
    cloud.removeIp(unit)
    expect(await run(routing.release(unit, { id: a.id, location: a.location }, { signal }))).toEqual({ status: 'done' })
  })

  it.each(['quotas_exceeded', 'invalid_request_error'] as const)(
    'leaves the unit where it is when the target is full, said as %s',
    async (quotaError) => {
      const { cloud, routing, signal, run, fail } = setUp({ switches: { ...switches, quotaError, slotsPerServer: 5 } })
      const [from, to] = [cloud.addServer(), cloud.addServer()]
      const { unit } = cloud.addIp({ server: from.id })
      for (let i = 0; i < 5; i++) cloud.addIp({ server: to.id })
      const error = await fail(routing.assign(unit, { id: to.id, location: to.location }, { signal }))
      expect(error).toMatchObject({ code: 'Invalid', outcome: 'not-applied' })
      expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ server: { id: from.id } }])
      expect(cloud.mutations()).toHaveLength(0)
    },
  )

  it.each(['locked', 'starting', 'stopping'] as const)(
    'leaves the unit where it is when the target is %s',
    async (state) => {
      const { cloud, routing, signal, fail } = setUp({ switches: { ...switches, busyServerRefused: true } })
      const [from, to] = [cloud.addServer(), cloud.addServer({ state })]
      const { unit } = cloud.addIp({ server: from.id })
      const error = await fail(routing.assign(unit, { id: to.id, location: to.location }, { signal }))
      expect(error).toMatchObject({ code: 'Busy', outcome: 'not-applied' })
      expect(cloud.attachment(unit)?.server).toBe(from.id)
    },
  )

  it('refuses an Instance of another zone and one that is gone, without detaching [A1]', async () => {
    const { cloud, routing, signal, fail } = setUp({ switches })
    const [from, gone, far] = [cloud.addServer(), cloud.addServer(), cloud.addServer({ zone: 'fr-par-2' })]
    const { unit } = cloud.addIp({ server: from.id })
    cloud.removeServer(gone.id)
    for (const { id, zone } of [gone, far]) {
      const error = await fail(routing.assign(unit, { id, location: zone }, { signal }))
      expect(error).toMatchObject({ code: 'NotFound', outcome: 'not-applied' })
    }
    expect(cloud.attachment(unit)?.server).toBe(from.id)
  })

  it('gives an operation while the cloud is at work, which another process can follow', async () => {
    const { cloud, clock, routing, signal, run } = setUp({ switches: { ...switches, attachSeconds: 20 } })
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    const accepted = await run(routing.assign(unit, { id: server.id, location: server.location }, { signal }))
    if (accepted.status !== 'pending') throw new Error('it is not pending')
    const stored = JSON.parse(JSON.stringify(accepted.operation)) as JsonValue
    expect(JSON.stringify(stored).length).toBeLessThan(1024)
    const { accessKey, secretKey } = cloud.account
    const other = createScaleway({ accessKey, secretKey }).open({ fetch: cloud.fetch, clock, userAgent: 'other' })
    expect(await run(other.poll(stored, { signal }))).toMatchObject({ status: 'pending' })
    await clock.advance(20_000)
    expect(await run(other.poll(stored, { signal }))).toEqual({ status: 'done' })
  })
})

describe('what a move in two steps does when its second half fails', () => {
  it('says that the outcome is unknown', async () => {
    const { cloud, routing, signal, fail } = setUp({ switches: { moveNeedsDetach: true } })
    const [from, to] = [cloud.addServer(), cloud.addServer()]
    const { unit } = cloud.addIp({ server: from.id })
    cloud.faults.add({ method: 'PATCH', skip: 2, fault: { kind: 'status', status: 409, body: { type: 'new' } } })
    const error = await fail(routing.assign(unit, { id: to.id, location: to.location }, { signal }))
    expect(error).toMatchObject({ code: 'Conflict', outcome: 'unknown' })
    expect(String(error)).toContain('was detached and could not be attached')
  })

  it('waits for a detach that takes its time, and attaches then', async () => {
    const { cloud, clock, routing, signal, run, fail } = setUp({
      switches: { moveNeedsDetach: true, attachSeconds: 3 },
    })
    const [from, to] = [cloud.addServer(), cloud.addServer()]
    const { unit } = cloud.addIp({ server: from.id })
    const reference = { id: to.id, location: to.location }
    const error = await fail(routing.assign(unit, reference, { signal }))
    expect(error).toMatchObject({ code: 'Busy', outcome: 'unknown', retryAfterSeconds: 1 })
    await clock.advance(3_000)
    expect(await run(routing.assign(unit, reference, { signal }))).toMatchObject({ status: 'pending' })
    await clock.advance(3_000)
    expect(cloud.attachment(unit)).toEqual({ server: to.id, state: 'attached' })
  })

  it('does it in two steps from the start when told to', async () => {
    const { cloud, routing, signal, run } = setUp({}, { move: 'releaseFirst' })
    const [from, to] = [cloud.addServer(), cloud.addServer()]
    const { unit } = cloud.addIp({ server: from.id })
    await run(routing.assign(unit, { id: to.id, location: to.location }, { signal }))
    expect(cloud.mutations().map(({ effect }) => effect)).toEqual([`detached ${unit}`, `attached ${unit} to ${to.id}`])
  })

  it('keeps an address on its Instance rather than detach it for a full one', async () => {
    const { cloud, routing, signal, fail } = setUp({}, { move: 'releaseFirst' })
    const [from, to] = [cloud.addServer(), cloud.addServer()]
    const { unit } = cloud.addIp({ server: from.id })
    for (let i = 0; i < 5; i++) cloud.addIp({ server: to.id })
    const error = await fail(routing.assign(unit, { id: to.id, location: to.location }, { signal }))
    expect(error).toMatchObject({ code: 'Invalid', outcome: 'not-applied' })
    expect(cloud.mutations()).toHaveLength(0)
  })
})

describe('poll', () => {
  async function pending(setup: Setup): Promise<{ unit: string; operation: JsonValue }> {
    const server = setup.cloud.addServer()
    const { unit } = setup.cloud.addIp()
    const reference = { id: server.id, location: server.location }
    const result = await setup.run(setup.routing.assign(unit, reference, { signal: setup.signal }))
    if (result.status !== 'pending') throw new Error('it is not pending')
    return { unit, operation: result.operation }
  }

  it('is patient with reads that lag, and rejects when the unit went elsewhere after all', async () => {
    const setup = setUp({ switches: { attachSeconds: 1 }, readLagSeconds: 3 })
    const { cloud, clock, routing, signal, run, fail } = setup
    const { unit, operation } = await pending(setup)
    cloud.moveByHand(unit, null)
    expect(await run(routing.poll(operation, { signal }))).toMatchObject({ status: 'pending' })
    await clock.advance(6_000)
    expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'Conflict', outcome: 'unknown' })
  })

  it('rejects when the address is gone, is in error, or the operation is not ours', async () => {
    const setup = setUp({ switches: { attachSeconds: 60 } })
    const { cloud, routing, signal, fail } = setup
    const { unit, operation } = await pending(setup)
    cloud.setIpState(unit, 'error')
    expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'Conflict' })
    cloud.removeIp(unit)
    expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'NotFound' })
    expect(await fail(routing.poll({ task: 7 }, { signal }))).toMatchObject({ code: 'Invalid' })
  })
})

describe('errors', () => {
  it.each<[string, object, object]>([
    [
      '429 with reset_seconds',
      { status: 429, body: { type: 'too_many_requests', reset_seconds: 17 } },
      { code: 'RateLimited', retryAfterSeconds: 17, outcome: 'not-applied' },
    ],
    [
      '429 with Retry-After',
      { status: 429, body: 'slow', headers: { 'retry-after': '9' } },
      { code: 'RateLimited', retryAfterSeconds: 9 },
    ],
    ['429 without either', { status: 429 }, { code: 'RateLimited', retryAfterSeconds: undefined }],
    [
      '503 with Retry-After',
      { status: 503, headers: { 'retry-after': '4' } },
      { code: 'Busy', retryAfterSeconds: 4, outcome: 'unknown' },
    ],
    [
      '500',
      { status: 500, body: { message: 'internal error' } },
      { code: 'Transient', outcome: 'unknown', status: 500 },
    ],
    ['504', { status: 504, body: '<html>' }, { code: 'Transient', outcome: 'unknown' }],
    [
      'transient_state',
      { status: 409, body: { type: 'transient_state', current_state: 'pending' } },
      { code: 'Busy', outcome: 'not-applied' },
    ],
    ['locked', { status: 403, body: { type: 'locked' } }, { code: 'Busy' }],
    ['permissions_denied', { status: 403, body: { type: 'permissions_denied' } }, { code: 'Denied' }],
    [
      'denied_authentication',
      { status: 401, body: { type: 'denied_authentication', reason: 'expired' } },
      { code: 'Denied', message: expect.stringContaining('expired') as string },
    ],
    [
      'a redirect',
      { status: 307, headers: { location: 'https://evil.test' } },
      { code: 'Invalid', outcome: 'not-applied' },
    ],
    ['a body of wrong types', { status: 400, body: { type: 7, details: 'x', fields: [1] } }, { code: 'Invalid' }],
    ['200 with nonsense', { status: 200, body: { ip: { id: 7 } } }, { code: 'Transient', outcome: 'unknown' }],
    ['200 without an address', { status: 200, body: {} }, { code: 'Transient', outcome: 'unknown' }],
  ])('%s [A50]', async (_, answer, expected) => {
    const { cloud, routing, signal, fail } = setUp()
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    cloud.faults.add({ method: 'PATCH', times: Infinity, fault: { kind: 'status', status: 500, ...answer } })
    const error = await fail(routing.assign(unit, { id: server.id, location: server.location }, { signal }))
    expect(error).toMatchObject(expected)
    expect(isProviderError(error)).toBe(true)
    expect(String(error)).toContain(unit)
    expect(String(error)).toContain('fr-par-1')
  })

  it.each([
    ['refuse', 'not-applied', 0],
    ['dropBefore', 'unknown', 0],
    ['dropAfter', 'unknown', 1],
  ] as const)('a connection that ends by %s leaves the outcome %s [A50]', async (kind, outcome, effects) => {
    const { cloud, routing, signal, fail } = setUp()
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    cloud.faults.add({ method: 'PATCH', fault: { kind } })
    const error = await fail(routing.assign(unit, { id: server.id, location: server.location }, { signal }))
    expect(error).toMatchObject({ code: 'Transient', outcome })
    expect(cloud.mutations()).toHaveLength(effects)
  })

  it('never repeats the key, in no message and no cause [A60]', async () => {
    const { cloud, routing, signal, fail } = setUp()
    const { secretKey } = cloud.account
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    const echo = {
      type: 'invalid_request_error',
      message: `bad token ${secretKey}`,
      fields: { 'x-auth-token': [secretKey] },
    }
    cloud.faults.add({ times: Infinity, fault: { kind: 'status', status: 400, body: echo } })
    for (
      let at = await fail(routing.assign(unit, { id: server.id, location: server.location }, { signal }));
      at instanceof Error;
      at = at.cause
    ) {
      expect(`${at.message}\n${at.stack}\n${JSON.stringify(at)}`).not.toContain(secretKey)
    }
  })
})

describe('over real HTTP', () => {
  it('moves an address, loses an answer, and is aborted', async () => {
    const cloud = createScalewayEmulator({ clock: createVirtualClock() })
    const { url, close } = await serveEmulator(cloud.handle)
    try {
      const { accessKey, secretKey } = cloud.account
      const routing = createScaleway({ accessKey, secretKey, apiUrl: `${url}/` }).open({
        fetch,
        clock: createVirtualClock(),
        userAgent: 'failover-ip/test',
      })
      const controller = new AbortController()
      const { signal } = controller
      const [from, to] = [cloud.addServer(), cloud.addServer()]
      const { unit } = cloud.addIp({ server: from.id })
      const reference = { id: to.id, location: to.location }
      cloud.faults.add({ method: 'PATCH', fault: { kind: 'dropAfter' } })
      await expect(routing.assign(unit, reference, { signal })).rejects.toMatchObject({ outcome: 'unknown' })
      expect(await routing.assign(unit, reference, { signal })).toEqual({ status: 'done' })
      expect(await routing.observe([unit], { signal })).toMatchObject([{ kind: 'found', server: reference }])
      expect(cloud.mutations()).toHaveLength(1)
      cloud.faults.add({ method: 'PATCH', fault: { kind: 'hang' } })
      const reason = new Error('deadline')
      const hanging = routing.release(unit, reference, { signal })
      controller.abort(reason)
      await expect(hanging).rejects.toBe(reason)
    } finally {
      await close()
    }
  })
})

describe('settings', () => {
  it('names what is wrong and repeats no value', () => {
    const wrong = (): unknown => createScaleway({ accessKey: 'SCWXXX', secretKey: 'hunter22', zones: ['paris'] })
    expect(wrong).toThrow(
      new ConfigurationError('createScaleway', [
        '"accessKey" must be an access key: SCW and 17 letters or digits',
        '"secretKey" must be a secret key, which is a UUID',
        '"zones[0]" must be a zone like "fr-par-1"',
      ]),
    )
  })

  it.each([
    [undefined, 'it is missing'],
    [{}, '"accessKey" is missing; "secretKey" is missing'],
    [{ zonez: ['fr-par-1'] }, '"zonez" is not known (did you mean "zones"?)'],
    [{ SCW_SECRET_KEY: 'x' }, '"SCW_SECRET_KEY" is not known'],
  ])('given as %j are refused by the names of the options', (given, problem) => {
    const make = (): unknown => Reflect.apply(createScaleway, undefined, [given])
    expect(make).toThrow(ConfigurationError)
    expect(make).toThrow(problem)
  })
})

describe('nodePlan', () => {
  it('puts the address alone on the public interface', () => {
    const { routing } = setUp()
    const server = { id: 'a', location: 'fr-par-1' }
    const common = { device: { rule: 'defaultRoute', family: 'ipv4' }, scope: 'global', routes: [], announce: 'none' }
    expect(routing.nodePlan('51.15.129.35/32', '51.15.129.35', server)).toEqual({
      address: '51.15.129.35',
      prefixLength: 32,
      ...common,
    })
    expect(routing.nodePlan(v6, '2001:bc8:710:3c3b::1', server)).toEqual({
      address: '2001:bc8:710:3c3b::1',
      prefixLength: 128,
      ...common,
    })
  })
})
