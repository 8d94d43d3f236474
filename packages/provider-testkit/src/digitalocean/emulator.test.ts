import { describe, expect, it } from 'vitest'
import { openDigitalOcean as setUp } from '../testing/digitalocean-account.ts'

const v6 = '2409:40d0:f7:1017:74b4:3a96:105e:4c6e'
const region = {
  slug: 'nyc3',
  available: true,
  features: expect.any(Array) as unknown,
  sizes: expect.any(Array) as unknown,
}
const notFound = { id: 'not_found', message: 'The resource you requested could not be found.' }

describe('bodies', () => {
  it('a reserved IPv4 address, free, under way and assigned', async () => {
    const { cloud, clock, ask } = setUp()
    const droplet = cloud.addDroplet()
    cloud.addAddress({ unit: '45.55.96.47/32' })
    const free = {
      ip: '45.55.96.47',
      droplet: null,
      region: { name: 'NYC 3', ...region },
      locked: false,
      project_id: cloud.account.project,
    }
    expect((await ask('GET', 'reserved_ips/45.55.96.47')).body).toEqual({ reserved_ip: free })
    const accepted = await ask('POST', 'reserved_ips/45.55.96.47/actions', {
      type: 'assign',
      droplet_id: Number(droplet.id),
    })
    expect(accepted).toMatchObject({
      status: 201,
      body: {
        action: {
          id: 1,
          status: 'in-progress',
          type: 'assign_ip',
          started_at: '2026-01-01T00:00:00Z',
          completed_at: null,
          resource_id: Number(droplet.id),
          resource_type: 'reserved_ip',
          region,
          region_slug: 'nyc3',
          project_id: cloud.account.project,
        },
      },
    })
    expect((await ask('GET', 'reserved_ips/45.55.96.47')).body).toEqual({ reserved_ip: { ...free, locked: true } })
    await clock.advance(10_000)
    const done = { action: { id: 1, status: 'completed', completed_at: '2026-01-01T00:00:10Z' } }
    expect((await ask('GET', 'actions/1')).body).toMatchObject(done)
    expect((await ask('GET', 'reserved_ips/45.55.96.47/actions/1')).body).toMatchObject(done)
    expect((await ask('GET', 'reserved_ips/45.55.96.47')).body).toMatchObject({
      reserved_ip: { locked: false, droplet: { id: Number(droplet.id), name: droplet.name } },
    })
    const unassigned = await ask('POST', 'reserved_ips/45.55.96.47/actions', { type: 'unassign' })
    expect(unassigned).toMatchObject({ status: 201, body: { action: { id: 2, type: 'unassign_ip' } } })
    const both = (await ask('GET', 'reserved_ips/45.55.96.47/actions')).body
    expect(both).toMatchObject({ actions: [{ id: 2 }, { id: 1 }], meta: { total: 2 } })
  })

  it('the same under the older name of the API', async () => {
    const { cloud, ask } = setUp()
    cloud.addAddress({ unit: '45.55.96.47/32' })
    const droplet = cloud.addDroplet()
    expect((await ask('GET', 'floating_ips/45.55.96.47')).body).toMatchObject({ floating_ip: { ip: '45.55.96.47' } })
    expect((await ask('GET', 'floating_ips')).body).toMatchObject({ floating_ips: [{ ip: '45.55.96.47' }] })
    const order = { type: 'assign', droplet_id: Number(droplet.id) }
    expect((await ask('POST', 'floating_ips/45.55.96.47/actions', order)).body).toMatchObject({
      action: { resource_type: 'floating_ip' },
    })
  })

  it('a reserved IPv6 address, which neither says that it is locked nor shows its actions', async () => {
    const { cloud, ask } = setUp()
    const droplet = cloud.addDroplet()
    cloud.addAddress({ unit: `${v6}/128` })
    const free = { ip: v6, region_slug: 'nyc3', reserved_at: '2026-01-01T00:00:00Z', droplet: null }
    expect((await ask('GET', `reserved_ipv6/${encodeURIComponent(v6)}`)).body).toEqual({ reserved_ipv6: free })
    expect((await ask('GET', 'reserved_ipv6')).body).toEqual({ reserved_ipv6s: [free], links: {}, meta: { total: 1 } })
    const order = { type: 'assign', droplet_id: Number(droplet.id) }
    expect(await ask('POST', `reserved_ipv6/${v6}/actions`, order)).toMatchObject({
      status: 201,
      body: { action: { status: 'in-progress', resource_type: 'reserved_ipv6' } },
    })
    expect((await ask('GET', `reserved_ipv6/${v6}`)).body).toEqual({ reserved_ipv6: free })
    expect((await ask('GET', `reserved_ipv6/${v6}/actions/1`)).status).toBe(404)
    expect((await ask('GET', 'actions/1')).status).toBe(200)
  })

  it('a Droplet with its networks, and a reserved address among them', async () => {
    const { cloud, ask } = setUp()
    const droplet = cloud.addDroplet({ name: 'worker-1', tags: ['k8s', 'k8s:bd5f5959'] })
    const { id: address } = cloud.addAddress({ droplet: droplet.id })
    const v4 = (ip: string, type: string): object => ({
      ip_address: ip,
      netmask: expect.any(String) as string,
      gateway: expect.any(String) as string,
      type,
    })
    const v6Of = (ip: string | null): object => ({
      ip_address: ip,
      netmask: 64,
      gateway: expect.any(String) as string,
      type: 'public',
    })
    const body = {
      id: Number(droplet.id),
      name: 'worker-1',
      status: 'active',
      region,
      tags: ['k8s', 'k8s:bd5f5959'],
      networks: {
        v4: [v4(droplet.publicAddress, 'public'), v4(address, 'public'), v4(droplet.privateAddress, 'private')],
        v6: [v6Of(droplet.ipv6Address)],
      },
    }
    expect((await ask('GET', `droplets/${droplet.id}`)).body).toMatchObject({ droplet: body })
    expect((await ask('GET', 'droplets?tag_name=k8s')).body).toMatchObject({ droplets: [body], meta: { total: 1 } })
    cloud.setSwitches({ shownOnDroplet: false })
    const hidden = (await ask('GET', `droplets/${droplet.id}`)).body
    expect(JSON.stringify(hidden)).not.toContain(address)
    const { id } = cloud.addDroplet({ ipv6Address: null })
    expect((await ask('GET', `droplets/${id}`)).body).toMatchObject({ droplet: { networks: { v6: [] } } })
  })

  it('lists in pages, with a slash at the end of the path or without', async () => {
    const { cloud, ask } = setUp()
    for (let count = 0; count < 25; count++) cloud.addAddress()
    const to = (page: number): string => `https://api.digitalocean.com/v2/reserved_ips/?page=${page}&per_page=10`
    const second = (await ask('GET', 'reserved_ips/?page=2&per_page=10')).body
    expect(second).toMatchObject({
      links: { pages: { first: to(1), prev: to(1), next: to(3), last: to(3) } },
      meta: { total: 25 },
    })
    expect(second).toHaveProperty('reserved_ips.length', 10)
    expect((await ask('GET', 'reserved_ips')).body).toHaveProperty('reserved_ips.length', 20)
    expect((await ask('GET', 'reserved_ips?per_page=201')).status).toBe(422)
  })

  it('errors', async () => {
    const { cloud, ask } = setUp()
    cloud.addAddress({ unit: '45.55.96.47/32' })
    for (const path of ['reserved_ips/192.0.2.1', 'actions/7', 'droplets/7', 'firewalls/7', 'nothing']) {
      expect(await ask('GET', path)).toMatchObject({ status: 404, body: notFound })
    }
    expect(await ask('GET', 'reserved_ips', undefined, 'wrong')).toMatchObject({
      status: 401,
      body: { id: 'unauthorized', message: 'Unable to authenticate you.' },
    })
    cloud.setAccount({ access: 'readOnly' })
    expect((await ask('POST', 'reserved_ips/45.55.96.47/actions', { type: 'unassign' })).status).toBe(403)
  })

  it('the rate limit, in the headers of every answer and in a 429', async () => {
    const { clock, ask } = setUp({ requestWindows: [{ requests: 3, seconds: 60 }] })
    const { headers } = await ask('GET', 'reserved_ips')
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect([headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]).toEqual(['3', '2'])
    await ask('GET', 'reserved_ips')
    await clock.advance(20_000)
    await ask('GET', 'reserved_ips')
    const refused = await ask('GET', 'reserved_ips')
    expect(refused).toMatchObject({
      status: 429,
      body: { id: 'too_many_requests', message: 'API rate limit exceeded.' },
    })
    expect(Number(refused.headers.get('ratelimit-reset'))).toBe(clock.now() / 1000 + 40)
    await clock.advance(40_000)
    expect((await ask('GET', 'reserved_ips')).status).toBe(200)
  })
})

describe('firewalls', () => {
  const rule = { protocol: 'tcp', ports: '443', sources: { addresses: ['0.0.0.0/0', '::/0'] } }
  const firewall = { name: 'failover-abc', tags: ['k8s:bd5f5959'], inbound_rules: [rule], outbound_rules: [] }

  it('are created, listed, replaced and deleted', async () => {
    const { cloud, ask } = setUp()
    const droplet = cloud.addDroplet({ tags: ['k8s:bd5f5959'] })
    const created = await ask('POST', 'firewalls', firewall)
    expect(created).toMatchObject({
      status: 202,
      body: {
        firewall: {
          ...firewall,
          status: 'waiting',
          pending_changes: [{ droplet_id: Number(droplet.id), removing: false, status: 'waiting' }],
        },
      },
    })
    const [{ id } = { id: '' }] = [...cloud.firewalls.all.values()]
    expect((await ask('GET', 'firewalls/')).body).toMatchObject({ firewalls: [{ id }], meta: { total: 1 } })
    const replaced = await ask('PUT', `firewalls/${id}`, { name: 'failover-abc', inbound_rules: [rule] })
    expect(replaced).toMatchObject({ status: 200, body: { firewall: { id, tags: [] } } })
    expect((await ask('DELETE', `firewalls/${id}`)).status).toBe(204)
    expect((await ask('GET', `firewalls/${id}`)).status).toBe(404)
  })

  it.each([
    ['a name that is none', { ...firewall, name: '-x' }, 422],
    ['no rules', { ...firewall, inbound_rules: [] }, 422],
    ['a tag that does not exist', { ...firewall, tags: ['k8s:other'] }, 422],
    ['ports that are none', { ...firewall, inbound_rules: [{ ...rule, ports: 'https' }] }, 422],
  ])('are refused with %s', async (_, body, status) => {
    const { cloud, ask } = setUp()
    cloud.addDroplet({ tags: ['k8s:bd5f5959'] })
    expect((await ask('POST', 'firewalls', body)).status).toBe(status)
    expect(cloud.mutations()).toHaveLength(0)
  })
})
