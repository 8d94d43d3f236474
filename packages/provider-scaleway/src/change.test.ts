import { scalewayErrors } from '@failover-ip/provider-testkit'
import type { JsonValue } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { createScaleway } from './scaleway.ts'
import { setUp, v6 } from './testing/set-up.ts'

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

  it.each([
    ['one of its addresses cannot be read', '"address":null'],
    ['it is locked', '"state":"locked"'],
  ])('detaches nothing for a target when %s', async (_, shown) => {
    const edit = (body: string, { url }: Request): string =>
      url.includes('/servers/')
        ? body.replaceAll(shown.startsWith('"address"') ? /"address":"[^"]+"/g : /"state":"running"/g, shown)
        : body
    for (const move of ['tryThenRelease', 'releaseFirst'] as const) {
      const { cloud, routing, signal, fail } = setUp({ switches: { moveNeedsDetach: true }, edit }, { move })
      const [from, to] = [cloud.addServer(), cloud.addServer()]
      cloud.addIp({ server: to.id })
      const { unit } = cloud.addIp({ server: from.id })
      await fail(routing.assign(unit, { id: to.id, location: to.location }, { signal }))
      expect([cloud.attachment(unit)?.server, cloud.mutations()]).toEqual([from.id, []])
    }
  })

  it.each([false, true])('detaches nothing for a dynamic address that may count (does: %s)', async (dynamicCounts) => {
    const { cloud, routing, signal, fail } = setUp({ switches: { moveNeedsDetach: true, dynamicCounts } })
    const [from, to] = [cloud.addServer(), cloud.addServer({ dynamicAddress: '51.158.96.95' })]
    for (const _ of [1, 2, 3, 4]) cloud.addIp({ server: to.id })
    const { unit } = cloud.addIp({ server: from.id })
    await fail(routing.assign(unit, { id: to.id, location: to.location }, { signal }))
    expect([cloud.attachment(unit)?.server, cloud.mutations()]).toEqual([from.id, []])
  })

  it('detaches nothing when a quota is full that the Instance does not show', async () => {
    const { cloud, routing, signal, fail } = setUp()
    const [from, to] = [cloud.addServer(), cloud.addServer()]
    const { unit } = cloud.addIp({ server: from.id })
    const refused = scalewayErrors.quotasExceeded('instance_ips', 20, 20)
    cloud.faults.add({ method: 'PATCH', fault: { kind: 'status', ...refused } })
    const error = await fail(routing.assign(unit, { id: to.id, location: to.location }, { signal }))
    expect(error).toMatchObject({ code: 'Invalid', outcome: 'not-applied' })
    expect([cloud.attachment(unit)?.server, cloud.mutations()]).toEqual([from.id, []])
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
