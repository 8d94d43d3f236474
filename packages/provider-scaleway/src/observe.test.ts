import { describe, expect, it } from 'vitest'
import { createScaleway } from './scaleway.ts'
import { nodeOf, setUp, v6 } from './testing/set-up.ts'

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
