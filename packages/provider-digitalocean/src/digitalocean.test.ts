import type { JsonValue } from '@failover-ip/provider'
import { createVirtualClock, createDigitalOceanEmulator, serveEmulator } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { createDigitalOcean } from './digitalocean.ts'
import { setUp, v6 } from './testing/set-up.ts'
import type { Setup } from './testing/set-up.ts'

const at = (id: string, location = 'nyc3'): { readonly id: string; readonly location: string } => ({ id, location })

/** Follows a change to its end. */
async function finish(
  { clock, routing, run, signal }: Setup,
  change: ReturnType<Setup['routing']['assign']>,
): Promise<void> {
  for (let result = await run(change); result.status === 'pending';) {
    await clock.advance(1000)
    result = await run(routing.poll(result.operation, { signal }))
  }
}

describe('observe', () => {
  it('sees one family although the list of the other hangs', async () => {
    const { cloud, clock, routing, signal, run } = setUp()
    const { id } = cloud.addDroplet()
    const { unit } = cloud.addAddress({ droplet: id })
    cloud.addAddress({ unit: v6, droplet: id })
    cloud.faults.add({ path: '/reserved_ipv6', times: Infinity, fault: { kind: 'hang' } })
    expect(await run(routing.observe([v6, unit], { signal }))).toMatchObject([
      { kind: 'unknown', error: { code: 'Transient' } },
      { kind: 'found', server: { id } },
    ])
    expect(clock.monotonic()).toBeLessThan(10_000)
  })

  it('says where addresses are, and that an action is under way [A4]', async () => {
    const setup = setUp()
    const { cloud, routing, signal, run } = setup
    const [a, b] = [cloud.addDroplet(), cloud.addDroplet()]
    const { unit } = cloud.addAddress({ droplet: a.id })
    cloud.addAddress({ unit: v6, droplet: b.id })
    expect(await run(routing.observe([v6, unit, '192.0.2.1/32'], { signal }))).toEqual([
      { kind: 'found', unit: v6, location: 'nyc3', server: at(b.id), inFlight: false, locked: false },
      { kind: 'found', unit, location: 'nyc3', server: at(a.id), inFlight: false, locked: false },
      { kind: 'absent', unit: '192.0.2.1/32' },
    ])
    await run(routing.assign(unit, at(b.id), { signal }))
    expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ server: at(a.id), inFlight: true }])
  })

  it('reads one list for each family that is asked for', async () => {
    const { cloud, routing, signal, run } = setUp()
    const units = Array.from({ length: 250 }, () => cloud.addAddress().unit)
    await run(routing.observe(units, { signal }))
    expect(cloud.requests.map(({ path }) => path)).toEqual([
      '/v2/reserved_ips?per_page=200&page=1',
      '/v2/reserved_ips?per_page=200&page=2',
    ])
  })

  it('sees only the project that it is told, and IPv6 addresses, which name none [A4]', async () => {
    const { cloud, routing, signal, run } = setUp({}, { projectId: '10000000-0000-4000-8000-000000000001' })
    const { unit: ours } = cloud.addAddress()
    const { unit: theirs } = cloud.addAddress({ project: '70000000-0000-4000-8000-000000000000' })
    cloud.addAddress({ unit: v6, project: '70000000-0000-4000-8000-000000000000' })
    const observations = await run(routing.observe([ours, theirs, v6], { signal }))
    expect(observations.map(({ kind }) => kind)).toEqual(['found', 'absent', 'found'])
  })

  it('keeps the families apart when one cannot be read [A50]', async () => {
    const { cloud, routing, signal, run } = setUp()
    const { unit } = cloud.addAddress()
    cloud.faults.add({ path: 'reserved_ipv6', fault: { kind: 'status', status: 500 } })
    const observations = await run(routing.observe([unit, v6], { signal }))
    expect(observations).toMatchObject([{ kind: 'found' }, { kind: 'unknown', error: { code: 'Transient' } }])
  })

  it('lets one item that makes no sense hide nothing but what it may be', async () => {
    const { cloud, routing, signal, run } = setUp()
    const good = { ip: '45.55.0.9', droplet: null, region: { slug: 'nyc3' }, locked: false }
    const items = [good, { ip: 'nonsense', region: { slug: 'nyc3' } }]
    cloud.faults.add({ fault: { kind: 'status', status: 200, body: { reserved_ips: items, meta: { total: 2 } } } })
    const [first, second] = await run(routing.observe(['45.55.0.9/32', '45.55.0.10/32'], { signal }))
    expect([first?.kind, second?.kind]).toEqual(['found', 'unknown'])
  })
})

describe('assign and release', () => {
  it.each([
    ['45.55.96.47/32', 'end'],
    ['45.55.96.47/32', 'start'],
    [v6, 'end'],
    [v6, 'start'],
  ] as const)('moves %s by one action that is followed to its end, seen at its %s [A4]', async (unit, shownAt) => {
    const setup = setUp({ switches: { shownAt } })
    const { cloud, clock, routing, signal, run } = setup
    const [from, to] = [cloud.addDroplet(), cloud.addDroplet()]
    cloud.addAddress({ unit, droplet: from.id })
    const accepted = await run(routing.assign(unit, at(to.id), { signal }))
    if (accepted.status !== 'pending') throw new Error('it is not pending')
    const stored = JSON.parse(JSON.stringify(accepted.operation)) as JsonValue
    await clock.advance(9000)
    expect(await run(routing.poll(stored, { signal }))).toMatchObject({ status: 'pending' })
    await clock.advance(1000)
    expect(await run(routing.poll(stored, { signal }))).toEqual({ status: 'done' })
    expect(cloud.holding(unit)).toEqual({ server: to.id, phase: 'settled' })
    expect(cloud.mutations()).toHaveLength(1)
  })

  it.each(['refused', 'accepted'] as const)(
    'is done when the Droplet has the address, which is %s',
    async (sameDroplet) => {
      const setup = setUp({ switches: { sameDroplet } })
      const { cloud, routing, signal } = setup
      const { id } = cloud.addDroplet()
      const { unit } = cloud.addAddress({ droplet: id })
      await finish(setup, routing.assign(unit, at(id), { signal }))
      expect(cloud.holding(unit)?.server).toBe(id)
      expect(cloud.mutations()).toHaveLength(0)
    },
  )

  it.each(['45.55.96.47/32', v6])('waits while an action on %s is under way: busy, not applied [A4]', async (unit) => {
    const { cloud, routing, signal, run, fail } = setUp()
    const [a, b] = [cloud.addDroplet(), cloud.addDroplet()]
    cloud.addAddress({ unit })
    await run(routing.assign(unit, at(a.id), { signal }))
    for (const target of [a, b]) {
      const error = await fail(routing.assign(unit, at(target.id), { signal }))
      expect(error).toMatchObject({ code: 'Busy', outcome: 'not-applied', status: 422 })
    }
    expect(cloud.mutations()).toHaveLength(1)
  })

  it.each(['already has a pending event.', 'Not now.'])(
    'waits while something is done to the Droplet, said as "%s" [A4]',
    async (pendingMessage) => {
      const { cloud, routing, signal, fail } = setUp({ switches: { pendingMessage } })
      const { id } = cloud.addDroplet({ pendingEvent: true })
      const { unit } = cloud.addAddress()
      const error = await fail(routing.assign(unit, at(id), { signal }))
      expect(error).toMatchObject({ code: 'Busy', outcome: 'not-applied' })
    },
  )

  it.each(['The droplet already has a reserved IP assigned.', 'No.'])(
    'refuses a Droplet that has an address, said as "%s", and leaves ours where it is [A4]',
    async (occupiedMessage) => {
      const { cloud, routing, signal, run, fail } = setUp({ switches: { occupiedMessage } })
      const [from, to] = [cloud.addDroplet(), cloud.addDroplet()]
      const { unit } = cloud.addAddress({ droplet: from.id })
      cloud.addAddress({ droplet: to.id, project: '70000000-0000-4000-8000-000000000000' })
      const error = await fail(routing.assign(unit, at(to.id), { signal }))
      expect(error).toMatchObject({ code: 'Invalid', outcome: 'not-applied' })
      expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ server: at(from.id) }])
    },
  )

  it.each([422, 404] as const)('refuses a Droplet of another region, said as %i [A4]', async (wrongRegionStatus) => {
    const { cloud, routing, signal, fail } = setUp({ switches: { wrongRegionStatus } })
    const { id } = cloud.addDroplet({ location: 'fra1' })
    const { unit } = cloud.addAddress()
    const error = await fail(routing.assign(unit, at(id, 'fra1'), { signal }))
    expect(error).toMatchObject({ code: wrongRegionStatus === 404 ? 'NotFound' : 'Invalid', outcome: 'not-applied' })
  })

  it('never sends what is no identifier of a Droplet', async () => {
    const { cloud, routing, signal, fail } = setUp()
    const { unit } = cloud.addAddress()
    expect(await fail(routing.assign(unit, at('7; drop'), { signal }))).toMatchObject({ code: 'Invalid' })
    expect(cloud.requests).toHaveLength(0)
  })

  it('leaves an address with any other Droplet when it is to be released from this one', async () => {
    const setup = setUp()
    const { cloud, routing, signal, run } = setup
    const [a, b] = [cloud.addDroplet(), cloud.addDroplet()]
    const { unit } = cloud.addAddress({ droplet: a.id })
    expect(await run(routing.release(unit, at(b.id), { signal }))).toEqual({ status: 'done' })
    expect(cloud.mutations()).toHaveLength(0)
    await finish(setup, routing.release(unit, at(a.id), { signal }))
    expect(cloud.holding(unit)).toEqual({ server: null, phase: 'settled' })
  })
})

describe('a move that needs an unassign first', () => {
  it('is refused, and the address stays, unless the class allows two steps', async () => {
    const { cloud, routing, signal, fail } = setUp({ switches: { moveNeedsUnassign: true } })
    const [from, to] = [cloud.addDroplet(), cloud.addDroplet()]
    const { unit } = cloud.addAddress({ droplet: from.id })
    const error = await fail(routing.assign(unit, at(to.id), { signal }))
    expect(error).toMatchObject({ code: 'Invalid', outcome: 'not-applied' })
    expect(cloud.holding(unit)?.server).toBe(from.id)
  })

  it('is made in two steps, the second once the first is over', async () => {
    const setup = setUp({ switches: { moveNeedsUnassign: true } }, { move: 'tryThenUnassign' })
    const { cloud, clock, routing, signal, fail } = setup
    const [from, to] = [cloud.addDroplet(), cloud.addDroplet()]
    const { unit } = cloud.addAddress({ droplet: from.id })
    const error = await fail(routing.assign(unit, at(to.id), { signal }))
    expect(error).toMatchObject({ code: 'Busy', outcome: 'unknown', retryAfterSeconds: 1 })
    await clock.advance(10_000)
    await finish(setup, routing.assign(unit, at(to.id), { signal }))
    expect(cloud.holding(unit)?.server).toBe(to.id)
  })

  it('unassigns nothing for a target that is full, off, elsewhere or busy', async () => {
    const { cloud, routing, signal, fail } = setUp({}, { move: 'tryThenUnassign' })
    const from = cloud.addDroplet()
    const { unit } = cloud.addAddress({ droplet: from.id })
    const full = cloud.addDroplet()
    cloud.addAddress({ droplet: full.id })
    const far = cloud.addDroplet({ location: 'fra1' })
    const busy = cloud.addDroplet({ pendingEvent: true })
    for (const { id, location } of [full, far, busy]) await fail(routing.assign(unit, at(id, location), { signal }))
    cloud.setSwitches({ moveNeedsUnassign: true })
    const off = cloud.addDroplet({ status: 'off' })
    await fail(routing.assign(unit, at(off.id), { signal }))
    expect(cloud.mutations()).toHaveLength(0)
  })

  it('says that the outcome is unknown when the second step fails', async () => {
    const options = { switches: { moveNeedsUnassign: true, actionSeconds: 0 } }
    const { cloud, routing, signal, fail } = setUp(options, { move: 'tryThenUnassign' })
    const [from, to] = [cloud.addDroplet(), cloud.addDroplet()]
    const { unit } = cloud.addAddress({ droplet: from.id })
    cloud.faults.add({ method: 'POST', skip: 2, fault: { kind: 'status', status: 422, body: { message: 'no' } } })
    const error = await fail(routing.assign(unit, at(to.id), { signal }))
    expect(error).toMatchObject({ code: 'Invalid', outcome: 'unknown' })
    expect(String(error)).toContain('was unassigned and could not be assigned')
  })
})

it('unassigns nothing for a Droplet that may have an address which cannot be read', async () => {
  const { cloud, routing, signal, fail } = setUp({ switches: { moveNeedsUnassign: true } }, { move: 'tryThenUnassign' })
  const [from, to] = [cloud.addDroplet(), cloud.addDroplet()]
  const { unit } = cloud.addAddress({ droplet: from.id })
  const list = { reserved_ips: [{ ip: 'new' }], links: {}, meta: { total: 1 } }
  cloud.faults.add({ path: /reserved_ips\?/, times: Infinity, fault: { kind: 'status', status: 200, body: list } })
  expect(await fail(routing.assign(unit, at(to.id), { signal }))).toMatchObject({ outcome: 'not-applied' })
  expect([cloud.holding(unit)?.server, cloud.mutations()]).toEqual([from.id, []])
})

describe('poll', () => {
  it.each(['failed', 'stuck'] as const)('tells of an action that %s', async (end) => {
    const { cloud, clock, routing, signal, run, fail } = setUp()
    cloud.setActionEnd(end)
    const { id } = cloud.addDroplet()
    const { unit } = cloud.addAddress()
    const accepted = await run(routing.assign(unit, at(id), { signal }))
    if (accepted.status !== 'pending') throw new Error('it is not pending')
    await clock.advance(3_600_000)
    const polled = routing.poll(accepted.operation, { signal })
    if (end === 'stuck') expect(await run(polled)).toMatchObject({ status: 'pending' })
    else expect(await fail(polled)).toMatchObject({ code: 'Transient', outcome: 'unknown' })
  })

  it('says NotFound of an action that DigitalOcean knows no more, and a read resolves it [A4]', async () => {
    const { cloud, clock, routing, signal, run, fail } = setUp()
    const { id } = cloud.addDroplet()
    const { unit } = cloud.addAddress()
    const accepted = await run(routing.assign(unit, at(id), { signal }))
    cloud.forgetActions(unit)
    const operation = accepted.status === 'pending' ? accepted.operation : null
    expect(await fail(routing.poll(operation, { signal }))).toMatchObject({ code: 'NotFound' })
    expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ inFlight: true }])
    await clock.advance(10_000)
    expect(await run(routing.observe([unit], { signal }))).toMatchObject([{ inFlight: false, server: at(id) }])
  })
})

describe('over real HTTP', () => {
  it('moves an address, loses an answer, and is aborted', async () => {
    const cloud = createDigitalOceanEmulator({ clock: createVirtualClock(), switches: { actionSeconds: 0 } })
    const { url, close } = await serveEmulator(cloud.handle)
    try {
      const account = createDigitalOcean({ token: cloud.account.token, apiUrl: `${url}/` })
      const routing = account.open({ fetch, clock: createVirtualClock(), userAgent: 'failover-ip/test' })
      const controller = new AbortController()
      const { signal } = controller
      const [from, to] = [cloud.addDroplet(), cloud.addDroplet()]
      const { unit } = cloud.addAddress({ droplet: from.id })
      cloud.faults.add({ method: 'POST', fault: { kind: 'dropAfter' } })
      await expect(routing.assign(unit, at(to.id), { signal })).rejects.toMatchObject({ outcome: 'unknown' })
      expect(await routing.assign(unit, at(to.id), { signal })).toEqual({ status: 'done' })
      expect(cloud.mutations()).toHaveLength(1)
      cloud.faults.add({ method: 'GET', fault: { kind: 'hang' } })
      const reason = new Error('deadline')
      const hanging = routing.release(unit, at(to.id), { signal })
      controller.abort(reason)
      await expect(hanging).rejects.toBe(reason)
    } finally {
      await close()
    }
  })
})
