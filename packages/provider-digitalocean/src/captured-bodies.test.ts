import { configureProvider } from '@failover-ip/provider'
import type { Routing } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { digitalocean } from './digitalocean.ts'
import { parameters } from './settings.ts'

// The bodies of DigitalOcean's API description (2026-08-07), and how its endpoints are called.
const region = { name: 'New York 3', slug: 'nyc3', features: ['backups'], sizes: ['s-1vcpu-1gb'], available: true }
const droplet = {
  id: 758_604_968,
  name: 'example.com',
  status: 'active',
  locked: false,
  networks: {
    v4: [
      { ip_address: '10.128.192.124', netmask: '255.255.0.0', gateway: 'nil', type: 'private' },
      { ip_address: '104.131.186.241', netmask: '255.255.240.0', gateway: '104.131.176.1', type: 'public' },
    ],
    v6: [{ ip_address: '2604:A880:0800:0010::04', netmask: 64, gateway: '2604:a880::1', type: 'public' }],
  },
  region,
  tags: ['k8s', 'k8s-worker', 'k8s:bd5f5959-5e1e-4205-a714-a914373942af'],
}
const reservedIp = {
  ip: '45.55.96.47',
  droplet,
  region,
  locked: false,
  project_id: '746c6152-2fa2-11ed-92d3-27aaa54e4988',
}
const reservedIPv6 = {
  ip: '2409:40d0:f7:1017:74b4:3a96:105e:4c6e',
  region_slug: 'nyc3',
  reserved_at: '2024-11-20T11:08:30Z',
  droplet: null,
}
const action = {
  id: 72_531_856,
  status: 'in-progress',
  type: 'assign_ip',
  started_at: '2015-11-12T17:51:03Z',
  completed_at: null,
  resource_id: 758_604_968,
  resource_type: 'reserved_ip',
  region,
  region_slug: 'nyc3',
  project_id: '746c6152-2fa2-11ed-92d3-27aaa54e4988',
}
const lists = { links: {}, meta: { total: 1 } }
const server = { id: '758604968', location: 'nyc3' }
const v4 = '45.55.96.47/32'
const v6 = '2409:40d0:f7:1017:74b4:3a96:105e:4c6e/128'
const { signal } = new AbortController()

interface Sent {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** A cloud that gives the same answers again and again, by method and path. */
function open(
  answers: Readonly<Record<string, { readonly status?: number; readonly body: unknown }>>,
  given: object = {},
): { readonly routing: Routing; readonly sent: readonly Sent[]; readonly headers: readonly Headers[] } {
  const sent: Sent[] = []
  const headers: Headers[] = []
  const account = configureProvider(digitalocean, {
    parameters: parameters.parse(given),
    credentials: { DIGITALOCEAN_ACCESS_TOKEN: 'dop_v1_token' },
  })
  const routing = account.open({
    clock: createVirtualClock(),
    userAgent: 'failover-ip/test',
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const { pathname: path } = new URL(request.url)
      sent.push({ method: request.method, path, body: await request.text() })
      headers.push(request.headers)
      const answer = answers[`${request.method} ${path}`]
      const { status = 200, body } = answer ?? { status: 404, body: { id: 'not_found', message: 'not found' } }
      const type = { 'content-type': 'application/json; charset=utf-8' }
      return new Response(JSON.stringify(body), { status, headers: type })
    },
  })
  return { routing, sent, headers }
}

describe('the documented bodies', () => {
  it.each([
    ['reserved_ips', 'reserved_ips'],
    ['floating_ips', 'floating_ips'],
  ] as const)('list of %s', async (ipv4Api, key) => {
    const { routing, headers } = open({ [`GET /v2/${key}`]: { body: { [key]: [reservedIp], ...lists } } }, { ipv4Api })
    expect(await routing.observe([v4], { signal })).toEqual([
      { kind: 'found', unit: v4, location: 'nyc3', server, inFlight: false, locked: false },
    ])
    const [sent] = headers
    expect(sent?.get('authorization')).toBe('Bearer dop_v1_token')
    expect(sent?.get('user-agent')).toBe('failover-ip/test')
  })

  it('list of reserved_ipv6', async () => {
    const { routing } = open({ 'GET /v2/reserved_ipv6': { body: { reserved_ipv6s: [reservedIPv6], ...lists } } })
    expect(await routing.observe([v6], { signal })).toMatchObject([{ kind: 'found', location: 'nyc3', server: null }])
  })

  it.each([
    ['reserved_ips', v4, '/v2/reserved_ips/45.55.96.47/actions', {}],
    ['floating_ips', v4, '/v2/floating_ips/45.55.96.47/actions', { ipv4Api: 'floating_ips' }],
    ['reserved_ipv6', v6, `/v2/reserved_ipv6/${encodeURIComponent(reservedIPv6.ip)}/actions`, {}],
  ])('an action of %s, and its end', async (_, unit, path, given) => {
    const { routing, sent } = open(
      {
        [`POST ${path}`]: { status: 201, body: { action } },
        'GET /v2/actions/72531856': { body: { action: { ...action, status: 'completed' } } },
      },
      given,
    )
    const operation = { kind: 'digitalocean.action.v1', action: 72_531_856, unit, droplet: '758604968' }
    expect(await routing.assign(unit, server, { signal })).toEqual({ status: 'pending', operation })
    expect(await routing.poll(operation, { signal })).toEqual({ status: 'done' })
    expect(sent).toEqual([
      { method: 'POST', path, body: '{"type":"assign","droplet_id":758604968}' },
      { method: 'GET', path: '/v2/actions/72531856', body: '' },
    ])
  })

  it('unassigning', async () => {
    const { routing, sent } = open({
      'GET /v2/reserved_ips/45.55.96.47': { body: { reserved_ip: reservedIp } },
      'POST /v2/reserved_ips/45.55.96.47/actions': { status: 201, body: { action } },
    })
    expect(await routing.release(v4, server, { signal })).toMatchObject({ status: 'pending' })
    expect(sent[1]?.body).toBe('{"type":"unassign"}')
  })

  it('a Droplet, with its addresses in any form', async () => {
    const { routing } = open({
      'GET /v2/droplets': { body: { droplets: [droplet], ...lists } },
      'GET /v2/reserved_ips': { body: { reserved_ips: [reservedIp], ...lists } },
      'GET /v2/reserved_ipv6': { body: { reserved_ipv6s: [reservedIPv6], ...lists } },
      'GET /v2/droplets/758604968': { body: { droplet } },
    })
    const node = { name: 'a', addresses: ['2604:a880:800:10::4'], labels: {}, annotations: {} }
    expect(await routing.resolve([node], { signal })).toEqual([{ kind: 'matched', node: 'a', server, units: [v4] }])
    expect(await routing.serverStates?.([server], { signal })).toEqual(['running'])
  })
})

describe('the documented errors, to an assignment', () => {
  it.each([
    [401, 'unauthorized', 'Unable to authenticate you.', { code: 'Denied', outcome: 'not-applied' }],
    [403, 'forbidden', 'You are not authorized to perform this operation.', { code: 'Denied', outcome: 'not-applied' }],
    [404, 'not_found', 'The resource you requested could not be found.', { code: 'NotFound', outcome: 'not-applied' }],
    [409, 'conflict', 'The request conflicts.', { code: 'Conflict', outcome: 'not-applied' }],
    [
      422,
      'unprocessable_entity',
      'The floating IP already has a pending event.',
      { code: 'Busy', outcome: 'not-applied' },
    ],
    [422, 'unprocessable_entity', 'Droplet already has a pending event', { code: 'Busy', outcome: 'not-applied' }],
    [422, 'unprocessable_entity', 'No.', { code: 'Invalid', outcome: 'not-applied' }],
    [429, 'too_many_requests', 'API rate limit exceeded.', { code: 'RateLimited', outcome: 'not-applied' }],
    [500, 'server_error', 'Unexpected server-side error.', { code: 'Transient', outcome: 'unknown' }],
  ])('%i %s: %s', async (status, id, message, expected) => {
    const { routing } = open({
      'POST /v2/reserved_ips/45.55.96.47/actions': { status, body: { id, message, request_id: '4d9d8375' } },
      'GET /v2/reserved_ips/45.55.96.47': { body: { reserved_ip: { ...reservedIp, droplet: null } } },
    })
    const error = await routing.assign(v4, server, { signal }).catch((reason: unknown) => reason)
    const text = message.replace(/\.$/, '')
    expect(error).toMatchObject({ ...expected, status, message: expect.stringContaining(text) })
  })
})
