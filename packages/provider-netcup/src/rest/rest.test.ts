import { configureProvider } from '@failover-ip/provider'
import type { Routing } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { netcup } from '../netcup.ts'
import { loginAnswer, scriptedFetch } from '../testing/scripted-fetch.ts'
import type { Scripted, Sent } from '../testing/scripted-fetch.ts'

const { signal } = new AbortController()
const v4 = '198.18.88.63/32'
const v6 = '2001:db8:a:20::/64'
const target = { id: '111003', location: '1' }

/** As recorded; the identities are invented. */
const recorded = {
  v4: `[{"id":333001,"ip":"198.18.88.63","cidrSuffix":32,"editable":true,"server":{"id":111007,"name":"v0000000000000000007"},"site":{"id":1,"city":"Nuremberg"},"user":{"id":555001,"username":"100000","firstname":"Max","lastname":"Mustermann","email":"user@example.com","company":"Example Org"}}]`,
  v6: `[{"id":333002,"networkPrefix":"2001:db8:a:20::","networkPrefixLength":64,"editable":true,"server":null,"site":{"id":1,"city":"Nuremberg"},"user":{"id":555001,"username":"100000"}}]`,
  task: (state: string) =>
    `{"uuid":"7d1a","name":"ServerFirewallConfigureTask","state":"${state}","startedAt":"2026-08-28T20:55:46.364958Z","finishedAt":null,"executingUser":{"id":555001,"username":"100000"},"taskProgress":{"expectedFinishedAt":"2026-08-28T20:56:46.364958Z","progressInPercent":0.0},"message":"Firewall configuration is running.","onRollback":false,"steps":[{"uuid":"1","name":"x","state":"RUNNING","startedAt":"2026-08-28T20:55:46.364958Z","finishedAt":null}],"result":{},"responseError":null,"serverActionId":null}`,
  list: `[{"id":111007,"name":"v0000000000000000007","hostname":"wrk-02.example.org","nickname":"demo-k8s-wrk-02","disabled":false,"template":{"id":1358,"name":"RS 2000 G12 Pro"}}]`,
  server: (state = 'RUNNING') =>
    `{"id":111007,"name":"v0000000000000000007","hostname":"wrk-02.example.org","nickname":"demo-k8s-wrk-02","disabled":false,"template":{"id":1358,"name":"RS 2000 G12 Pro"},"architecture":"AMD64","ipv4Addresses":[{"id":666006,"ip":"198.18.28.137","netmask":"255.255.252.0","gateway":"198.18.28.1","broadcast":"198.18.31.255"}],"ipv6Addresses":[{"id":666007,"networkPrefix":"2001:db8:c1:5e9e::","networkPrefixLength":64,"gateway":"fe80::1"}],"site":{"id":1,"city":"Nuremberg"},"serverLiveInfo":{"state":"${state}","interfaces":[{"mac":"02:00:00:97:47:9f","driver":"virtio","mtu":1500,"ipv4Addresses":["198.18.28.137"],"ipv6LinkLocalAddresses":["fe80::ff:fe97:479f"],"ipv6NetworkPrefixes":["2001:db8:c1:5e9e::/64"],"vlanInterface":false,"vlanId":null}]}}`,
}

interface Opened {
  readonly routing: Routing
  readonly sent: readonly Sent[]
}

function open(
  patch: Scripted = { status: 202, body: recorded.task('RUNNING') },
  more: Record<string, Scripted> = {},
): Opened {
  const { fetch, sent } = scriptedFetch([
    ...Object.entries(more).map(([pattern, answer]) => [new RegExp(pattern), answer] as const),
    [/POST .*\/realms\/scp\/protocol\/openid-connect\/token /, loginAnswer],
    [/GET .*\/users\/555001\/failoverips\/v4 /, { body: recorded.v4 }],
    [/GET .*\/users\/555001\/failoverips\/v6 /, { body: recorded.v6 }],
    [/PATCH .*\/users\/555001\/failoverips\/v4\/333001 /, patch],
    [/PATCH .*\/users\/555001\/failoverips\/v6\/333002 /, patch],
    [/GET .*\/tasks\/7d1a /, { body: recorded.task('FINISHED') }],
    [/GET .*\/servers\?limit=100&offset=0 /, { body: recorded.list }],
    [/GET .*\/servers\?/, { body: '[]' }],
    [/GET .*\/servers\/111007[? ]/, { body: recorded.server() }],
    [/GET .*\/servers\/\d+[? ]/, { status: 404, body: '{"code":"x","message":"Server not found."}' }],
  ])
  const parameters = { transport: 'rest', apiUrl: 'https://panel.test' } as const
  const account = configureProvider(netcup, { parameters, credentials: { refreshToken: 'the-refresh-token' } })
  return { routing: account.open({ fetch, clock: createVirtualClock(), userAgent: 'failover-ip/test' }), sent }
}

describe('by REST', () => {
  it('reads addresses and prefixes as recorded', async () => {
    const { routing } = open()
    expect(await routing.observe([v4, v6, '198.18.88.64/32'], { signal })).toEqual([
      {
        kind: 'found',
        unit: v4,
        location: '1',
        server: { id: '111007', location: '1' },
        inFlight: false,
        locked: false,
      },
      { kind: 'found', unit: v6, location: '1', server: null, inFlight: false, locked: false },
      { kind: 'absent', unit: '198.18.88.64/32' },
    ])
  })

  it('lets an item that makes no sense hide nothing but what it may be', async () => {
    const body = `[{"id":9,"ip":null,"cidrSuffix":null,"editable":true},${recorded.v4.slice(1)}`
    const { routing } = open(undefined, { 'failoverips/v4 ': { body } })
    const missing = '198.18.88.64/32'
    expect(await routing.observe([v4, missing], { signal })).toMatchObject([{ kind: 'found' }, { kind: 'unknown' }])
    expect(await routing.assign(v4, target, { signal })).toMatchObject({ status: 'pending' })
    await expect(routing.assign(missing, target, { signal })).rejects.toMatchObject({ code: 'Transient' })
    const node = { name: 'node', addresses: [], labels: {}, annotations: {}, providerID: 'netcup://111007' }
    const [match] = await routing.resolve([node], { signal })
    expect(match).toEqual({ kind: 'matched', node: 'node', server: { id: '111007', location: '1' } })
  })

  it('leaves a node open when the list of servers changed between two pages', async () => {
    const { routing } = open(undefined, { 'GET .*/servers\\?': { body: recorded.list } })
    const node = { name: 'demo-k8s-wrk-02', addresses: [], labels: {}, annotations: {} }
    expect(await routing.resolve([node], { signal })).toMatchObject([{ kind: 'unknown' }])
  })

  it('asks the server for the site that an address does not name', async () => {
    const { routing } = open(undefined, {
      'failoverips/v4 ': { body: recorded.v4.replace('"site":{"id":1,"city":"Nuremberg"}', '"site":null') },
    })
    const server = { id: '111007', location: '1' }
    expect(await routing.observe([v4], { signal })).toMatchObject([{ kind: 'found', location: '1', server }])
    const node = { name: 'node', addresses: [], labels: {}, annotations: {}, providerID: 'netcup://111007' }
    expect(await routing.resolve([node], { signal })).toMatchObject([{ kind: 'matched', server }])
  })

  it('sends the changes that netcup describes, and follows their task', async () => {
    const { routing, sent } = open()
    for (const unit of [v4, v6]) {
      const result = await routing.assign(unit, target, { signal })
      expect(result).toEqual({
        status: 'pending',
        operation: { kind: 'netcup.task.v1', task: '7d1a', unit, server: '111003' },
      })
      if (result.status === 'pending')
        expect(await routing.poll(result.operation, { signal })).toEqual({ status: 'done' })
    }
    const patches = sent.filter(({ method }) => method === 'PATCH')
    expect(patches.map(({ url, body }) => `${new URL(url).pathname} ${body}`)).toEqual([
      '/scp-core/api/v1/users/555001/failoverips/v4/333001 {"serverId":111003}',
      '/scp-core/api/v1/users/555001/failoverips/v6/333002 {"serverId":111003}',
    ])
    for (const { headers } of patches) {
      expect(headers.get('content-type')).toBe('application/json')
      expect(headers.get('authorization')).toMatch(/^Bearer eyJ/)
    }
    expect(sent.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1)
  })

  it('logs in as the login describes, and speaks as failover-ip', async () => {
    const { routing, sent } = open()
    await routing.observe([v4], { signal })
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'https://panel.test/realms/scp/protocol/openid-connect/token',
      body: 'client_id=scp&grant_type=refresh_token&refresh_token=the-refresh-token',
    })
    expect(sent.map(({ headers }) => headers.get('user-agent'))).toEqual(['failover-ip/test', 'failover-ip/test'])
  })

  const site = 'Routing is limited to servers within the same site as the failover IP.'
  const many =
    'Too many failover IP routing requests: limited to 10 requests per 5 minutes and 20 requests per 60 minutes.'
  it.each([
    [400, `{"code":"a","message":"${site}"}`, 'Invalid', site],
    [
      400,
      '{"code":"a","message":"Invalid.","errors":[{"field":"serverId","message":"must not be null"}]}',
      'Invalid',
      'serverId must not be null',
    ],
    [401, '{"message":"Authorization header missing."}', 'Denied', 'Log in again'],
    [403, '<html>Forbidden</html>', 'Denied', 'list of allowed ones'],
    [
      404,
      '{"code":"a","message":"Failover IPv4 or server not found."}',
      'NotFound',
      'Failover IPv4 or server not found.',
    ],
    [409, '{"code":"a","message":"Locked."}', 'Busy', 'Locked.'],
    [423, '', 'Busy', '423'],
    [429, `{"code":"a","message":"${many}"}`, 'RateLimited', 'limited to 10 requests'],
  ] as const)('says what a %i %s means, and that nothing was changed', async (status, body, code, text) => {
    const { routing } = open({ status, body, headers: { 'retry-after': '17' } })
    const error = await routing.assign(v4, target, { signal }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code, outcome: 'not-applied', status, message: expect.stringContaining(text) })
  })

  it.each([
    ['a page for maintenance', { status: 503, body: '<html>Maintenance</html>' }],
    ['a page in place of an answer', { status: 200, body: '<!doctype html><html></html>' }],
    ['an answer that lacks the task', { status: 202, body: '{"state":"RUNNING"}' }],
    ['a server error', { status: 500, body: '{"code":"a","message":"Internal error."}' }],
  ])('does not know what became of a change that got %s', async (_, patch) => {
    const error = await open(patch)
      .routing.assign(v4, target, { signal })
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'Transient', outcome: 'unknown' })
  })

  it.each([
    ['PENDING', 'pending'],
    ['RUNNING', 'pending'],
    ['WAITING_FOR_CANCEL', 'pending'],
    ['A_STATE_OF_LATER', 'pending'],
    ['FINISHED', 'done'],
  ])('takes a task in state %s for %s', async (state, status) => {
    const { routing } = open({ status: 202, body: recorded.task(state) })
    expect(await routing.assign(v4, target, { signal })).toMatchObject({ status })
  })

  it.each(['ERROR', 'CANCELED', 'ROLLBACK'])('does not know what became of a task in state %s', async (state) => {
    const { routing } = open({ status: 202, body: recorded.task(state) })
    const error = await routing.assign(v4, target, { signal }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'Transient', outcome: 'unknown', message: expect.stringContaining(state) })
  })

  it('repeats no token that stands in what netcup says of a task [A60]', async () => {
    const { access_token: token } = JSON.parse(loginAnswer.body) as { readonly access_token: string }
    const problem = JSON.stringify({ message: `${'x'.repeat(150)} caller ${token} may not` })
    const task = recorded.task('ERROR').replace('"responseError":null', `"responseError":${problem}`)
    const { routing } = open({ status: 202, body: task }, { 'GET .*/tasks/': { body: task } })
    const operation = { kind: 'netcup.task.v1', task: '7d1a', unit: v4, server: '111003' }
    for (const call of [routing.assign(v4, target, { signal }), routing.poll(operation, { signal })]) {
      const error: unknown = await call.catch((reason: unknown) => reason)
      expect(String(error)).toContain('[redacted]')
      expect(String(error)).not.toContain(token.slice(0, 12))
    }
  })

  it('says of a task that is known no more that it is not found', async () => {
    const { routing } = open(undefined, {
      'GET .*/tasks/': { status: 404, body: '{"code":"x","message":"Not found."}' },
    })
    const operation = { kind: 'netcup.task.v1', task: '7d1a', unit: v4, server: '111003' }
    await expect(routing.poll(operation, { signal })).rejects.toMatchObject({ code: 'NotFound' })
  })

  it('sends nothing to a server of another site, nor for an address that may not be changed', async () => {
    const { routing, sent } = open()
    await expect(routing.assign(v4, { id: '111009', location: '2' }, { signal })).rejects.toMatchObject({
      code: 'Invalid',
      outcome: 'not-applied',
    })
    const locked = open(undefined, {
      'failoverips/v4 ': { body: recorded.v4.replace('"editable":true', '"editable":false') },
    })
    await expect(locked.routing.assign(v4, target, { signal })).rejects.toMatchObject({ code: 'Busy' })
    expect(await locked.routing.observe([v4], { signal })).toMatchObject([{ locked: true }])
    expect([...sent, ...locked.sent].filter(({ method }) => method === 'PATCH')).toEqual([])
  })

  it.each([
    ['RUNNING', 'running'],
    ['BLOCKED', 'running'],
    ['SHUTOFF', 'stopped'],
    ['CRASHED', 'stopped'],
    ['PAUSED', 'unknown'],
    ['PMSUSPENDED', 'unknown'],
    ['SHUTDOWN', 'unknown'],
    ['DISK_SNAPSHOT', 'unknown'],
    ['NOSTATE', 'unknown'],
  ])('takes a server in state %s for %s', async (state, expected) => {
    const { routing } = open(undefined, { 'GET .*/servers/111007': { body: recorded.server(state) } })
    expect(await routing.serverStates?.([{ id: '111007', location: '1' }], { signal })).toEqual([expected])
  })

  it.each([
    ['its address', { addresses: ['198.18.28.137'] }],
    ['an address in its prefix', { addresses: ['10.0.0.1', '2001:db8:c1:5e9e::9'] }],
    ['its nickname', { name: 'demo-k8s-wrk-02' }],
    ['its host name', { hostname: 'WRK-02.example.org' }],
    ['the annotation of the ancestor', { annotations: { 'netcup.noshoes.xyz/server-name': 'v0000000000000000007' } }],
    [
      'the annotation of another controller',
      { annotations: { 'netcup.digilol.net/server-name': 'v0000000000000000007' } },
    ],
    ['its MAC', { annotations: { 'netcup.noshoes.xyz/primary-mac': '02:00:00:97:47:9F' } }],
    ['its name as providerID', { providerID: 'netcup://v0000000000000000007' }],
    ['its number as providerID', { providerID: 'netcup://111007' }],
  ])('finds a server by %s', async (_, facts) => {
    const node = { name: 'node', addresses: [], labels: {}, annotations: {}, ...facts }
    expect(await open().routing.resolve([node], { signal })).toEqual([
      { kind: 'matched', node: node.name, server: { id: '111007', location: '1' }, units: [v4] },
    ])
  })

  it.each([
    ['nothing fits', {}, 'Annotate the node'],
    ['a failover address is all it shows', { addresses: ['198.18.88.63'] }, 'Annotate the node'],
    ['its annotation names nobody', { annotations: { 'netcup.noshoes.xyz/server-name': 'v9' } }, 'names server "v9"'],
  ])('says of a node what to do when %s', async (_, facts, advice) => {
    const node = { name: 'node', addresses: [], labels: {}, annotations: {}, ...facts }
    const [match] = await open().routing.resolve([node], { signal })
    expect(match).toMatchObject({ kind: 'unmatched', message: expect.stringContaining(advice) })
  })

  it('leaves a node open, and never unmatched, when a server could not be read', async () => {
    const { routing } = open(undefined, { 'GET .*/servers/111007': { status: 500, body: '' } })
    const node = { name: 'node', addresses: ['198.18.28.137'], labels: {}, annotations: {} }
    expect(await routing.resolve([node], { signal })).toMatchObject([{ kind: 'unknown' }])
  })
})
