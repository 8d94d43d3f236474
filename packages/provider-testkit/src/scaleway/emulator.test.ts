import { describe, expect, it } from 'vitest'
import { createVirtualClock } from '../virtual-clock.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { createScalewayEmulator } from './emulator.ts'
import { scalewayIpamId } from './ipam-routes.ts'
import type { ScalewayEmulator, ScalewayEmulatorOptions } from './emulator.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

interface Setup {
  readonly cloud: ScalewayEmulator
  readonly clock: VirtualClock
  readonly ask: (method: string, path: string, body?: unknown, token?: string) => Promise<Answer>
}

function setUp(options: Partial<ScalewayEmulatorOptions> = {}): Setup {
  const clock = createVirtualClock()
  const cloud = createScalewayEmulator({ clock, ...options })
  return {
    cloud,
    clock,
    ask: async (method, path, body, token = cloud.account.secretKey) => {
      const response = await clock.advanceUntil(
        cloud.fetch(`https://api.scaleway.com/instance/v1/zones/${path}`, {
          method,
          headers: { 'x-auth-token': token },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      )
      const text = await response.text()
      const answer: unknown = text === '' ? undefined : JSON.parse(text)
      return { status: response.status, headers: response.headers, body: answer }
    },
  }
}

const v6 = '2001:bc8:710:3c3b::/64'

describe('bodies', () => {
  it('an IPv4 address, detached and attached', async () => {
    const { cloud, ask } = setUp()
    const { id, project } = cloud.addIp({ unit: '51.15.129.35/32' })
    const server = cloud.addServer({ name: 'cli-srv-upbeat-edison' })
    const detached = {
      id,
      address: '51.15.129.35',
      prefix: null,
      reverse: null,
      server: null,
      organization: project,
      project,
      zone: 'fr-par-1',
      type: 'routed_ipv4',
      state: 'detached',
      tags: [],
      ipam_id: scalewayIpamId(id),
    }
    expect((await ask('GET', `fr-par-1/ips/${id}`)).body).toEqual({ ip: detached })
    const attached = await ask('PATCH', 'fr-par-1/ips/51.15.129.35', { server: server.id })
    expect(attached.status).toBe(200)
    expect(attached.headers.get('content-type')).toBe('application/json')
    expect(attached.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(attached.body).toEqual({
      ip: { ...detached, server: { id: server.id, name: server.name }, state: 'attached' },
    })
    expect((await ask('PATCH', `fr-par-1/ips/${id}`, { server: null })).body).toEqual({ ip: detached })
  })

  it('an IPv6 prefix, whose address comes with the server it is attached to', async () => {
    const { cloud, ask } = setUp()
    const { id } = cloud.addIp({ unit: v6 })
    const server = cloud.addServer({ macAddress: 'de:00:00:d1:45:f1' })
    const before = await ask('GET', `fr-par-1/ips/${id}`)
    expect(before.body).toMatchObject({ ip: { address: null, prefix: v6, type: 'routed_ipv6', state: 'detached' } })
    const after = await ask('PATCH', `fr-par-1/ips/${id}`, { server: server.id })
    expect(after.body).toMatchObject({ ip: { address: '2001:bc8:710:3c3b:dc00:ff:fed1:45f1', prefix: v6 } })
  })

  it('a server with its public addresses', async () => {
    const { cloud, ask } = setUp()
    const server = cloud.addServer({ dynamicAddress: '51.158.96.95', macAddress: 'de:00:00:d1:45:f1' })
    const { id } = cloud.addIp({ unit: v6, server: server.id })
    const one = await ask('GET', `fr-par-1/servers/${server.id}`)
    expect(one.body).toMatchObject({
      server: {
        id: server.id,
        state: 'running',
        zone: 'fr-par-1',
        mac_address: 'de:00:00:d1:45:f1',
        routed_ip_enabled: true,
        public_ips: [
          {
            address: '51.158.96.95',
            dynamic: true,
            gateway: '62.210.0.1',
            netmask: '32',
            family: 'inet',
            provisioning_mode: 'dhcp',
          },
          {
            id,
            address: '2001:bc8:710:3c3b:dc00:ff:fed1:45f1',
            dynamic: false,
            netmask: '64',
            family: 'inet6',
            provisioning_mode: 'slaac',
          },
        ],
      },
    })
    const all = await ask('GET', 'fr-par-1/servers')
    expect(all.headers.get('x-total-count')).toBe('1')
    expect(all.body).toEqual({ servers: [(one.body as { server: unknown }).server] })
  })

  it('reverse names: of an IPv4 address its own, of a prefix those of IPAM', async () => {
    const { cloud, ask } = setUp()
    const { id } = cloud.addIp({ unit: '51.15.129.35/32' })
    const named = await ask('PATCH', `fr-par-1/ips/${id}`, { reverse: 'web.example.org' })
    expect(named.body).toMatchObject({ ip: { reverse: 'web.example.org', server: null } })
    expect(cloud.mutations().map(({ effect }) => effect)).toEqual(['named 51.15.129.35/32 web.example.org'])
    const prefix = cloud.addIp({ unit: v6 })
    const reverses = [{ hostname: 'web.example.org', address: '2001:bc8:710:3c3b::1' }]
    const ipam = `../../../ipam/v1/regions/fr-par/ips/${scalewayIpamId(prefix.id)}`
    expect((await ask('GET', ipam)).body).toMatchObject({
      id: scalewayIpamId(prefix.id),
      is_ipv6: true,
      reverses: [],
      zone: 'fr-par-1',
    })
    expect((await ask('PATCH', ipam, { reverses })).body).toMatchObject({ id: scalewayIpamId(prefix.id), reverses })
    expect(cloud.reverseNames(v6)).toEqual({ '2001:bc8:710:3c3b::1': 'web.example.org' })
    expect((await ask('GET', ipam.replace('fr-par', 'nl-ams'))).status).toBe(404)
    expect((await ask('PATCH', ipam, { reverses: 'x' })).status).toBe(400)
  })

  it('a list in pages, counted and filtered', async () => {
    const { cloud, ask } = setUp()
    for (let i = 0; i < 51; i++) cloud.addIp()
    cloud.addIp({ unit: v6 })
    cloud.addIp({ zone: 'nl-ams-1' })
    cloud.addIp({ project: '70000000-0000-4000-8000-000000000000' })
    const project = cloud.account.project
    const length = ({ body }: Answer): number => (body as { ips: unknown[] }).ips.length
    const first = await ask('GET', `fr-par-1/ips?project=${project}`)
    expect([length(first), first.headers.get('x-total-count')]).toEqual([50, '52'])
    expect(first.headers.get('link')).toBe('</ips?page=2&per_page=50&>; rel="last"')
    expect(length(await ask('GET', `fr-par-1/ips?project=${project}&page=2`))).toBe(2)
    expect(length(await ask('GET', `fr-par-1/ips?project=${project}&page=3`))).toBe(0)
    expect(length(await ask('GET', 'fr-par-1/ips?per_page=1000'))).toBe(53)
    expect(length(await ask('GET', 'fr-par-1/ips?type=routed_ipv6'))).toBe(1)
  })
})

describe('errors', () => {
  it('names an address that does not exist, with its length', async () => {
    const { ask } = setUp()
    expect(await ask('GET', 'fr-par-1/ips/51.15.242.82')).toMatchObject({
      status: 404,
      body: {
        type: 'not_found',
        message: 'resource is not found',
        resource: 'instance_ip',
        resource_id: '51.15.242.82/32',
      },
    })
  })

  it('refuses who is not known, not valid any more, or may only read', async () => {
    const { cloud, ask } = setUp()
    const { id } = cloud.addIp()
    const reason = async (token?: string): Promise<unknown> => {
      const { status, body } = await ask('GET', 'fr-par-1/ips', undefined, token)
      return [status, body]
    }
    const denied = { type: 'denied_authentication', message: 'authentication is denied', method: 'api_key' }
    expect(await reason('wrong')).toEqual([401, { ...denied, reason: 'not_found' }])
    cloud.setAccount({ access: 'expired' })
    expect(await reason()).toEqual([401, { ...denied, reason: 'expired' }])
    cloud.setAccount({ access: 'readOnly' })
    expect((await ask('GET', `fr-par-1/ips/${id}`)).status).toBe(200)
    expect(await ask('PATCH', `fr-par-1/ips/${id}`, { server: null })).toMatchObject({
      status: 403,
      body: { type: 'permissions_denied', details: [{ resource: 'instance_ip', action: 'write' }] },
    })
  })

  it('refuses nonsense, servers of other zones and unknown paths', async () => {
    const { cloud, ask } = setUp()
    const { id } = cloud.addIp()
    const far = cloud.addServer({ zone: 'nl-ams-1' })
    expect(await ask('PATCH', `fr-par-1/ips/${id}`, '{"server":')).toMatchObject({
      status: 400,
      body: { type: 'invalid_request_error', fields: { server: ['should be a UUID'] } },
    })
    expect((await ask('PATCH', `fr-par-1/ips/${id}`, { server: 'web' })).status).toBe(400)
    expect(await ask('PATCH', `fr-par-1/ips/${id}`, { server: far.id })).toMatchObject({
      status: 404,
      body: { type: 'unknown_resource', message: `Instance "${far.id}" not found` },
    })
    expect((await ask('GET', 'mars-1/ips')).status).toBe(404)
    expect((await ask('POST', 'fr-par-1/servers', {})).status).toBe(405)
    expect(cloud.mutations()).toEqual([])
  })
})

describe('switches', () => {
  it('moveNeedsDetach', async () => {
    for (const moveNeedsDetach of [false, true]) {
      const { cloud, ask } = setUp({ switches: { moveNeedsDetach } })
      const [a, b] = [cloud.addServer(), cloud.addServer()]
      const { id } = cloud.addIp({ server: a.id })
      const { status } = await ask('PATCH', `fr-par-1/ips/${id}`, { server: b.id })
      expect([status, cloud.mutations().length]).toEqual(moveNeedsDetach ? [400, 0] : [200, 1])
    }
  })

  it('sameServerRefused', async () => {
    for (const sameServerRefused of [false, true]) {
      const { cloud, ask } = setUp({ switches: { sameServerRefused } })
      const server = cloud.addServer()
      const { id } = cloud.addIp({ server: server.id })
      expect((await ask('PATCH', `fr-par-1/ips/${id}`, { server: server.id })).status).toBe(
        sameServerRefused ? 400 : 200,
      )
      expect(cloud.mutations()).toHaveLength(0)
    }
  })

  it('attachSeconds', async () => {
    const { cloud, clock, ask } = setUp({ switches: { attachSeconds: 20 } })
    const server = cloud.addServer()
    const { id, unit } = cloud.addIp()
    const { body } = await ask('PATCH', `fr-par-1/ips/${id}`, { server: server.id })
    expect(body).toMatchObject({ ip: { state: 'pending', server: { id: server.id } } })
    expect(await ask('PATCH', `fr-par-1/ips/${id}`, { server: null })).toMatchObject({
      status: 409,
      body: { type: 'transient_state', current_state: 'pending' },
    })
    await clock.advance(20_000)
    expect(cloud.attachment(unit)).toEqual({ server: server.id, state: 'attached' })
  })

  it('busyServerRefused', async () => {
    for (const busyServerRefused of [false, true]) {
      const { cloud, ask } = setUp({ switches: { busyServerRefused } })
      const { id } = cloud.addIp()
      const statuses: number[] = []
      for (const state of ['locked', 'starting'] as const) {
        const server = cloud.addServer({ state })
        statuses.push((await ask('PATCH', `fr-par-1/ips/${id}`, { server: server.id })).status)
      }
      expect(statuses).toEqual(busyServerRefused ? [423, 409] : [200, 200])
    }
  })

  it('moveDropsReverse', async () => {
    for (const moveDropsReverse of [false, true]) {
      const { cloud, ask } = setUp({ switches: { moveDropsReverse } })
      const server = cloud.addServer()
      const { id, unit } = cloud.addIp()
      await ask('PATCH', `fr-par-1/ips/${id}`, { reverse: 'a.example.org' })
      await ask('PATCH', `fr-par-1/ips/${id}`, { server: server.id })
      expect(Object.values(cloud.reverseNames(unit))).toEqual(moveDropsReverse ? [] : ['a.example.org'])
    }
  })

  it('nameRefused', async () => {
    for (const nameRefused of [false, true]) {
      const { cloud, clock, ask } = setUp({ switches: { nameRefused } })
      const { id, unit } = cloud.addIp()
      const prefix = cloud.addIp({ unit: v6 })
      const { status } = await ask('PATCH', `fr-par-1/ips/${id}`, { reverse: 'a.example.org' })
      const request = cloud.fetch(`https://api.scaleway.com/ipam/v1/regions/fr-par/ips/${scalewayIpamId(prefix.id)}`, {
        method: 'PATCH',
        headers: { 'x-auth-token': cloud.account.secretKey },
        body: JSON.stringify({ reverses: [{ address: '2001:bc8:710:3c3b::1', hostname: 'a.example.org' }] }),
      })
      expect([status, (await clock.advanceUntil(request)).status]).toEqual(nameRefused ? [400, 400] : [200, 200])
      const names = [unit, v6].flatMap((one) => Object.values(cloud.reverseNames(one)))
      expect(names).toEqual(nameRefused ? [] : ['a.example.org', 'a.example.org'])
      expect((await ask('PATCH', `fr-par-1/ips/${id}`, { reverse: null })).status).toBe(200)
    }
  })

  it('slotsPerServer and quotaError', async () => {
    for (const quotaError of ['quotas_exceeded', 'invalid_request_error'] as const) {
      const { cloud, ask } = setUp({ switches: { slotsPerServer: 1, quotaError } })
      const server = cloud.addServer()
      cloud.addIp({ server: server.id })
      const { id } = cloud.addIp()
      const { status, body } = await ask('PATCH', `fr-par-1/ips/${id}`, { server: server.id })
      expect([status, body]).toMatchObject([quotaError === 'quotas_exceeded' ? 403 : 400, { type: quotaError }])
    }
  })
})

describe('time', () => {
  it('shows reads the state of some seconds ago, and the answer to a change the new one', async () => {
    const { cloud, clock, ask } = setUp({ readLagSeconds: 2 })
    const [a, b] = [cloud.addServer(), cloud.addServer()]
    const { id } = cloud.addIp({ server: a.id })
    await clock.advance(10_000)
    const holder = ({ body }: Answer): string => (body as { ip: { server: { id: string } } }).ip.server.id
    expect(holder(await ask('PATCH', `fr-par-1/ips/${id}`, { server: b.id }))).toBe(b.id)
    expect(holder(await ask('GET', `fr-par-1/ips/${id}`))).toBe(a.id)
    await clock.advance(2_000)
    expect(holder(await ask('GET', `fr-par-1/ips/${id}`))).toBe(b.id)
  })

  it('is changed by hand: moved, deleted, its server gone', async () => {
    const { cloud, ask } = setUp()
    const [a, b] = [cloud.addServer(), cloud.addServer()]
    const { id, unit } = cloud.addIp({ server: a.id })
    cloud.moveByHand(unit, b.id)
    expect(cloud.attachment(unit)?.server).toBe(b.id)
    cloud.removeServer(b.id)
    expect((await ask('GET', `fr-par-1/ips/${id}`)).body).toMatchObject({ ip: { server: null, state: 'detached' } })
    expect((await ask('GET', `fr-par-1/servers/${b.id}`)).status).toBe(404)
    expect((await ask('DELETE', `fr-par-1/ips/${id}`)).status).toBe(204)
    expect(cloud.attachment(unit)).toBeUndefined()
    expect(cloud.snapshot()).toMatchObject({ servers: [{ id: a.id }], ips: [] })
  })
})
