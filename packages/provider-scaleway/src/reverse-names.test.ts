import type { Routing } from '@failover-ip/provider'
import { createScalewayEmulator, createVirtualClock, scalewayIpamId } from '@failover-ip/provider-testkit'
import type { ScalewayEmulator, ScalewaySwitches, VirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { createScaleway } from './scaleway.ts'

const v4 = '51.15.129.35/32'
const v6 = '2001:bc8:710:3c3b::/64'
const reverseNames = { '51.15.129.35': 'web.example.org', '2001:BC8:710:3c3b:0::1': 'web.example.org' }

interface Setup {
  readonly cloud: ScalewayEmulator
  readonly clock: VirtualClock
  readonly routing: Routing
  readonly warnings: readonly string[]
  readonly signal: AbortSignal
  /** Gives the unit to a new Instance. */
  assign(unit: string): Promise<unknown>
}

function setUp(switches: Partial<ScalewaySwitches> = {}): Setup {
  const clock = createVirtualClock()
  const cloud = createScalewayEmulator({ clock, latencyMs: 150, switches })
  for (const unit of [v4, v6]) cloud.addIp({ unit })
  const { accessKey, secretKey, project } = cloud.account
  const warnings: string[] = []
  const account = createScaleway({ accessKey, secretKey, projectId: project, reverseNames })
  const warn = (message: string): void => void warnings.push(message)
  const routing = account.open({ fetch: cloud.fetch, clock, userAgent: 'failover-ip/test', warn })
  const { signal } = new AbortController()
  return {
    cloud,
    clock,
    routing,
    warnings,
    signal,
    assign: async (unit) => {
      const { id, location } = cloud.addServer()
      const result = await clock.advanceUntil(routing.assign(unit, { id, location }, { signal }))
      await clock.advance(15_000)
      return result
    },
  }
}

describe('reverse names', () => {
  it.each([
    [v4, '51.15.129.35'],
    [v6, '2001:bc8:710:3c3b::1'],
  ])('are written after %s was assigned, once [A1]', async (unit, address) => {
    const { cloud, assign, warnings } = setUp()
    expect(await assign(unit)).toEqual({ status: 'done' })
    expect(cloud.reverseNames(unit)).toEqual({ [address]: 'web.example.org' })
    await assign(unit)
    const effects = cloud.mutations().map(({ effect }) => effect?.split(' ')[0])
    expect([effects, warnings]).toEqual([['attached', 'named', 'attached'], []])
  })

  it.each([v4, v6])('are written again when a move has dropped them, of %s', async (unit) => {
    const { cloud, assign } = setUp({ moveDropsReverse: true })
    for (const _ of [1, 2]) await assign(unit)
    expect(Object.values(cloud.reverseNames(unit))).toEqual(['web.example.org'])
  })

  it('leave other addresses of the prefix as they are', async () => {
    const { cloud, clock, assign } = setUp()
    const id = scalewayIpamId(cloud.snapshot().ips.find(({ unit }) => unit === v6)?.id ?? '')
    const other = { address: '2001:bc8:710:3c3b::2', hostname: 'mail.example.org' }
    const request = cloud.fetch(`https://api.scaleway.com/ipam/v1/regions/fr-par/ips/${id}`, {
      method: 'PATCH',
      headers: { 'x-auth-token': cloud.account.secretKey },
      body: JSON.stringify({ reverses: [other] }),
    })
    await clock.advanceUntil(request)
    await assign(v6)
    expect(cloud.reverseNames(v6)).toEqual({
      '2001:bc8:710:3c3b::1': 'web.example.org',
      '2001:bc8:710:3c3b::2': 'mail.example.org',
    })
  })

  it('are written while an operation is under way, and no poll changes anything', async () => {
    const { cloud, clock, routing, signal } = setUp({ attachSeconds: 5 })
    const { id, location } = cloud.addServer()
    const result = await clock.advanceUntil(routing.assign(v4, { id, location }, { signal }))
    if (result.status !== 'pending') throw new Error('it is not pending')
    await clock.advance(5_000)
    expect(cloud.reverseNames(v4)).toEqual({ '51.15.129.35': 'web.example.org' })
    const changes = cloud.mutations().length
    expect(await clock.advanceUntil(routing.poll(result.operation, { signal }))).toEqual({ status: 'done' })
    await clock.advance(15_000)
    expect(cloud.mutations()).toHaveLength(changes)
  })

  it('never make an assignment fail or wait, and what went wrong is told', async () => {
    const { cloud, clock, assign, routing, signal, warnings } = setUp()
    const refusal = { type: 'invalid_request_error', message: 'the name does not lead to the address' }
    cloud.faults.add({ method: 'PATCH', skip: 1, fault: { kind: 'status', status: 400, body: refusal } })
    expect(await assign(v4)).toEqual({ status: 'done' })
    expect(warnings[0]).toContain('the name does not lead to the address')
    cloud.faults.add({ path: '/ipam/', fault: { kind: 'hang' } })
    const { id, location } = cloud.addServer()
    const began = clock.monotonic()
    await clock.advanceUntil(routing.assign(v6, { id, location }, { signal }))
    expect(clock.monotonic() - began).toBeLessThan(1_000)
    await clock.advance(15_000)
    expect(warnings[1]).toContain('did not answer within')
    expect(clock.sleepers).toBe(0)
  })

  it.each([v4, v6])(
    'that Scaleway refuses leave the assignment of %s done, and are told with its reason',
    async (unit) => {
      const { cloud, assign, warnings } = setUp({ nameRefused: true })
      expect(await assign(unit)).toEqual({ status: 'done' })
      expect(cloud.attachment(unit)?.state).toBe('attached')
      expect(warnings).toEqual([expect.stringContaining('the name does not lead to the address')])
    },
  )

  it('tell of no page that a proxy answers', async () => {
    const { cloud, assign, warnings } = setUp()
    cloud.faults.add({
      path: '/ipam/',
      fault: { kind: 'status', status: 502, text: '<html><b>Bad gateway</b></html>' },
    })
    await assign(v6)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).not.toContain('<')
  })

  it('end with the signal, silently', async () => {
    const { cloud, clock, routing, warnings } = setUp()
    const { id, location } = cloud.addServer()
    const controller = new AbortController()
    cloud.faults.add({ method: 'GET', times: Infinity, fault: { kind: 'hang' } })
    await clock.advanceUntil(routing.assign(v4, { id, location }, { signal: controller.signal }))
    controller.abort(new Error('stopped'))
    await clock.advance(1_000)
    expect([warnings, clock.sleepers]).toEqual([[], 0])
  })

  it('are checked', () => {
    const open = (names: Readonly<Record<string, string>>) => (): unknown =>
      createScaleway({
        accessKey: 'SCWXXXXXXXXXXXXXXXXX',
        secretKey: '11111111-2222-4333-8444-555555555555',
        reverseNames: names,
      })
    expect(open({ web: 'web.example.org' })).toThrow('"web" is no address')
    expect(open({ '192.0.2.0/24': 'web.example.org' })).toThrow('"192.0.2.0/24" is no address')
    expect(open({ '192.0.2.1': 'not a name' })).toThrow('"reverseNames.192.0.2.1" must be a host name')
  })
})
