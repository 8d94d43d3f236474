import { configureProvider } from '@failover-ip/provider'
import type { Routing } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { scaleway } from './scaleway.ts'
import { credentials, parameters } from './settings.ts'

// Bodies as recorded from the Instance API (2025-11), and error bodies as Scaleway's SDK reads them.
const id = 'fe3afc1e-a1ea-48d8-8df4-663952b362a7'
const serverId = 'f1df3a43-41d2-4f29-a97b-651104e751f4'
const unit = '51.15.129.35/32'
const server = { id: serverId, location: 'fr-par-1' }
const project = 'fa1e1111-2222-4333-8444-555555555555'
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
  ipam_id: '9146ff9c-0000-4000-8000-000000000000',
}
const attached = { ...detached, server: { id: serverId, name: 'cli-srv-upbeat-edison' }, state: 'attached' }
const prefix = {
  ...detached,
  address: null,
  prefix: '2001:bc8:710:3c3b::/64',
  type: 'routed_ipv6',
}
const publicIps = [
  {
    id: 'd5520000-0000-4000-8000-000000000000',
    address: '51.158.96.95',
    dynamic: true,
    gateway: '62.210.0.1',
    netmask: '32',
    family: 'inet',
    provisioning_mode: 'dhcp',
    tags: [],
    state: 'pending',
    ipam_id: '70940000-0000-4000-8000-000000000000',
  },
  {
    id: 'a81b0000-0000-4000-8000-000000000000',
    address: '2001:bc8:710:3c3b:dc00:ff:fed1:4585',
    dynamic: false,
    gateway: 'fe80::dc00:ff:fed1:4586',
    netmask: '64',
    family: 'inet6',
    provisioning_mode: 'slaac',
    tags: [],
  },
]

interface Sent {
  readonly method: string
  readonly path: string
  readonly body: string
  readonly token: string | null
}

interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** An account at a cloud that gives these answers, one after the other. */
function answering(...answers: readonly Answer[]): { readonly routing: Routing; readonly sent: readonly Sent[] } {
  const sent: Sent[] = []
  let asked = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(request.url)
    const token = request.headers.get('x-auth-token')
    const { status = 200, body, headers = {} } = answers[asked++] ?? { status: 500 }
    sent.push({ method: request.method, path: pathname + search, body: await request.text(), token })
    return new Response(body === undefined ? null : JSON.stringify(body), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    })
  }
  const account = configureProvider(scaleway, {
    parameters: parameters.parse({ zones: ['fr-par-1'] }),
    credentials: credentials.parse({
      SCW_ACCESS_KEY: 'SCWXXXXXXXXXXXXXXXXX',
      SCW_SECRET_KEY: '11111111-2222-4333-8444-555555555555',
      SCW_DEFAULT_PROJECT_ID: project,
    }),
  })
  return { routing: account.open({ fetch, clock: createVirtualClock(), userAgent: 'failover-ip/test' }), sent }
}

const { signal } = new AbortController()

/** A list of one page. */
function list(key: 'ips' | 'servers', items: readonly unknown[]): Answer {
  const headers = { 'x-total-count': String(items.length), link: '</ips?page=1&per_page=50&>; rel="last"' }
  return { body: { [key]: items }, headers }
}

describe('answers', () => {
  it('to a list of addresses: IPv4 attached and detached, and an IPv6 prefix', async () => {
    const other = { ...detached, id: 'a0000000-0000-4000-8000-000000000000', address: '51.15.242.82' }
    const third = { ...prefix, id: 'b0000000-0000-4000-8000-000000000000' }
    const { routing, sent } = answering(list('ips', [attached, other, third]))
    const common = { kind: 'found', location: 'fr-par-1', inFlight: false, locked: false }
    expect(await routing.observe([unit, '51.15.242.82/32', '2001:bc8:710:3c3b::/64'], { signal })).toEqual([
      { ...common, unit, server },
      { ...common, unit: '51.15.242.82/32', server: null },
      { ...common, unit: '2001:bc8:710:3c3b::/64', server: null },
    ])
    expect(sent).toEqual([
      {
        method: 'GET',
        path: `/instance/v1/zones/fr-par-1/ips?page=1&per_page=100&project=${project}`,
        body: '',
        token: '11111111-2222-4333-8444-555555555555',
      },
    ])
  })

  it('to an attach, by the address itself', async () => {
    const { routing, sent } = answering({ body: { ip: attached } })
    expect(await routing.assign(unit, server, { signal })).toEqual({ status: 'done' })
    const path = '/instance/v1/zones/fr-par-1/ips/51.15.129.35'
    expect(sent).toMatchObject([{ method: 'PATCH', path, body: JSON.stringify({ server: serverId }) }])
  })

  it('to an attach of a prefix, by its identifier, whose address is that of its new Instance', async () => {
    const moved = {
      ...prefix,
      address: '2001:bc8:710:3c3b:dc00:ff:fed1:4585',
      server: attached.server,
      state: 'attached',
    }
    const { routing, sent } = answering(list('ips', [prefix]), { body: { ip: moved } })
    expect(await routing.assign('2001:bc8:710:3c3b::/64', server, { signal })).toEqual({ status: 'done' })
    expect(sent[1]).toMatchObject({ method: 'PATCH', path: `/instance/v1/zones/fr-par-1/ips/${id}` })
  })

  it('to a detach', async () => {
    const { routing, sent } = answering({ body: { ip: attached } }, { body: { ip: detached } })
    expect(await routing.release(unit, server, { signal })).toEqual({ status: 'done' })
    expect(sent[1]).toMatchObject({ method: 'PATCH', body: '{"server":null}' })
  })

  it('to a list of Instances, with what each carries', async () => {
    const instance = {
      id: serverId,
      name: 'a',
      hostname: 'a',
      state: 'running',
      zone: 'fr-par-1',
      public_ips: publicIps,
    }
    const { routing } = answering(list('servers', [instance]))
    const node = {
      name: 'a',
      providerID: `scaleway://instance/fr-par-1/${serverId}`,
      addresses: [],
      labels: {},
      annotations: {},
    }
    expect(await routing.resolve([node], { signal })).toEqual([
      { kind: 'matched', node: 'a', server, units: ['51.158.96.95/32', '2001:bc8:710:3c3b::/64'] },
    ])
  })

  it('with another content type than the SDK takes', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    const { routing } = answering({ body: { ip: attached }, headers })
    expect(await routing.assign(unit, server, { signal })).toEqual({ status: 'done' })
  })
})

describe('errors', () => {
  const details = (more: object): object => ({ details: [more] })
  it.each<[string, number, object, object]>([
    [
      'not_found',
      404,
      { message: 'resource is not found', resource: 'instance_ip', resource_id: '51.15.242.82/32' },
      { code: 'NotFound' },
    ],
    ['unknown_resource', 404, { message: `Instance "${serverId}" not found` }, { code: 'NotFound' }],
    [
      'invalid_arguments',
      400,
      details({ argument_name: 'server', reason: 'format', help_message: 'must be a UUID' }),
      { code: 'Invalid', message: expect.stringContaining('server must be a UUID') as string },
    ],
    [
      'invalid_request_error',
      400,
      { message: 'body is not valid', fields: { server: ['should be a UUID'] } },
      { code: 'Invalid', message: expect.stringContaining('server should be a UUID') as string },
    ],
    [
      'invalid_request_error',
      400,
      { message: 'quota exceeded for this resource' },
      { code: 'Invalid', message: expect.stringContaining('ask Scaleway for a higher quota') as string },
    ],
    [
      'quotas_exceeded',
      403,
      details({ resource: 'instance_ips', quota: 5, current: 5 }),
      { code: 'Invalid', message: expect.stringMatching(/instance_ips 5 of 5.*higher quota/) as string },
    ],
    ['transient_state', 409, { resource: 'instance_ip', resource_id: id, current_state: 'pending' }, { code: 'Busy' }],
    ['locked', 423, { resource: 'instance_server', resource_id: serverId }, { code: 'Busy' }],
    ['locked', 403, { resource: 'instance_server', resource_id: serverId }, { code: 'Busy' }],
    [
      'precondition_failed',
      412,
      { precondition: 'resource_not_usable', help_message: 'stop it first' },
      { code: 'Conflict', message: expect.stringContaining('stop it first') as string },
    ],
    [
      'permissions_denied',
      403,
      details({ resource: 'instance_ip', action: 'write' }),
      { code: 'Denied', message: expect.stringContaining('InstancesFullAccess') as string },
    ],
    ['denied_authentication', 401, { method: 'api_key', reason: 'expired' }, { code: 'Denied' }],
    [
      'too_many_requests',
      429,
      { help_message: 'slow down', limit: { quota: 100, window_seconds: 60 }, reset_seconds: 17 },
      { code: 'RateLimited', retryAfterSeconds: 17 },
    ],
    ['already_exists', 409, { resource: 'instance_ip', resource_id: id }, { code: 'Conflict' }],
    ['expired', 410, { resource: 'instance_ip', resource_id: id }, { code: 'NotFound' }],
  ])('%s with %i', async (type, status, more, expected) => {
    // What might need a detach is looked at before: nobody has the address, so that the refusal stands.
    const instance = { id: serverId, name: 'a', hostname: 'a', state: 'running', zone: 'fr-par-1', public_ips: [] }
    const looks = [{ body: { ip: detached } }, { body: { server: instance } }]
    const { routing } = answering({ status, body: { type, message: type, ...more } }, ...looks)
    const error = await routing.assign(unit, server, { signal }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ outcome: 'not-applied', status, ...expected })
  })
})
