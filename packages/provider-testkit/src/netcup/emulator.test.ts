import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { serveEmulator } from '../http/serve-emulator.ts'
import { createVirtualClock } from '../virtual-clock.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import { createNetcupEmulator } from './emulator.ts'
import type { NetcupEmulator, NetcupEmulatorOptions } from './emulator.ts'

const panel = 'https://panel.test'
const login = `${panel}/realms/scp/protocol/openid-connect`
const api = `${panel}/scp-core/api/v1`

interface Opened {
  readonly clock: VirtualClock
  readonly cloud: NetcupEmulator
  readonly token: string
  readonly send: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>
}

const tokens = z.object({ access_token: z.string(), refresh_token: z.string() })

async function open(options: Partial<NetcupEmulatorOptions> = {}): Promise<Opened> {
  const clock = createVirtualClock()
  const cloud = createNetcupEmulator({ clock, ...options })
  const token = (await logIn(cloud)).access_token
  const send: Opened['send'] = (method, path, body, headers = {}) =>
    cloud.fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return { clock, cloud, token, send }
}

async function logIn(cloud: NetcupEmulator, token = cloud.login.refreshToken): Promise<z.output<typeof tokens>> {
  const form = { client_id: 'scp', grant_type: 'refresh_token', refresh_token: token }
  return tokens.parse(await (await ask(cloud, 'token', form)).json())
}

function ask(cloud: NetcupEmulator, path: string, form: Record<string, string>): Promise<Response> {
  return cloud.fetch(`${login}/${path}`, { method: 'POST', body: new URLSearchParams(form) })
}

describe("netcup's REST API", () => {
  it('lists addresses and prefixes in the recorded form', async () => {
    const { cloud, send } = await open()
    const server = cloud.addServer({ location: '2' })
    cloud.addUnit({ unit: '198.18.88.63/32', location: '2', server: server.id })
    cloud.addUnit({ unit: '2001:db8:a:20::/64' })
    const user = {
      id: 555_001,
      username: '100000',
      firstname: 'Max',
      lastname: 'Mustermann',
      email: 'user@example.com',
      company: 'Example Org',
    }
    const v4 = await send('GET', '/users/555001/failoverips/v4')
    expect([v4.status, v4.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(await v4.json()).toEqual([
      {
        id: 333_001,
        ip: '198.18.88.63',
        cidrSuffix: 32,
        editable: true,
        server: { id: 111_001, name: server.name },
        site: { id: 2, city: 'Vienna' },
        user,
      },
    ])
    expect(await (await send('GET', '/users/555001/failoverips/v6')).json()).toEqual([
      {
        id: 333_002,
        networkPrefix: '2001:db8:a:20::',
        networkPrefixLength: 64,
        editable: true,
        server: null,
        site: { id: 1, city: 'Nuremberg' },
        user,
      },
    ])
    const none = await send('GET', '/users/555001/failoverips/v4?ip=198.18.88.64')
    const held = await send('GET', `/users/555001/failoverips/v4?serverId=${server.id}`)
    expect([await none.json(), await held.json()]).toMatchObject([[], [{ id: 333_001 }]])
  })

  it('routes by a task, and asks for a documented content type', async () => {
    const { clock, cloud, send } = await open({ course: { seconds: 20, end: 'done', effect: 'atEnd' } })
    const { id } = cloud.addServer()
    cloud.addUnit({ unit: '198.18.88.63/32' })
    const path = '/users/555001/failoverips/v4/333001'
    expect((await send('PATCH', path, { serverId: Number(id) }, { 'content-type': 'text/plain' })).status).toBe(415)
    const accepted = await send(
      'PATCH',
      path,
      { serverId: Number(id) },
      { 'content-type': 'application/merge-patch+json' },
    )
    const task = z.looseObject({ uuid: z.string(), state: z.literal('RUNNING') }).parse(await accepted.json())
    expect([accepted.status, cloud.holding('198.18.88.63/32')?.server]).toEqual([202, null])
    await clock.advance(20_000)
    expect(await (await send('GET', `/tasks/${task.uuid}`)).json()).toMatchObject({ state: 'FINISHED' })
    expect(cloud.holding('198.18.88.63/32')?.server).toBe(id)
    cloud.forgetTasks()
    expect((await send('GET', `/tasks/${task.uuid}`)).status).toBe(404)
  })

  it('refuses senders it does not know, and other users', async () => {
    const { cloud, send } = await open()
    expect((await cloud.fetch(`${panel}/scp-core/api/ping`)).status).toBe(200)
    expect(await (await cloud.fetch(`${api}/servers`)).json()).toEqual({ message: 'Authorization header missing.' })
    expect((await send('GET', '/users/1/failoverips/v4')).status).toBe(403)
    cloud.login.revoke('accessTokens')
    expect((await send('GET', '/servers')).status).toBe(401)
    cloud.setAllowed(false)
    expect((await send('GET', '/servers')).status).toBe(403)
  })

  it.each([
    ['account', false, 10, 429],
    ['address', false, 10, 202],
    ['account', true, 10, 429],
  ] as const)('counts requests per %s (refused ones: %s)', async (windowScope, countsRefused, admitted, next) => {
    const { clock, cloud, send } = await open({ switches: { windowScope, countsRefused, retryAfterHeader: true } })
    const servers = [cloud.addServer(), cloud.addServer()]
    for (let unit = 1; unit <= 2; unit++) cloud.addUnit({ unit: `198.18.88.${unit}/32` })
    const route = (id: number, count: number): Promise<Response> =>
      send('PATCH', `/users/555001/failoverips/v4/33300${id}`, { serverId: Number(servers[count % 2]?.id) })
    for (let count = 0; count < admitted; count++) expect((await route(1, count)).status).toBe(202)
    expect((await route(2, 0)).status).toBe(next)
    await clock.advance(100_000)
    const refused = await route(1, 1)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '200'])
  })

  it.each(['task', 'refused'] as const)('answers the routing to the present server with a %s', async (sameServer) => {
    const { cloud, send } = await open({ switches: { sameServer } })
    const { id } = cloud.addServer()
    cloud.addUnit({ server: id })
    const { status } = await send('PATCH', '/users/555001/failoverips/v4/333001', { serverId: Number(id) })
    expect([status, cloud.mutations()]).toEqual([sameServer === 'task' ? 202 : 400, []])
  })

  it.each([
    ['replaces', 202, 'ERROR'],
    ['refused', 409, 'FINISHED'],
  ] as const)('%s the routing of an address whose task still runs', async (changeDuringTask, status, firstState) => {
    const course = { seconds: 20, end: 'done', effect: 'atEnd' } as const
    const { clock, cloud, send } = await open({ course, switches: { changeDuringTask } })
    const [first, second] = [cloud.addServer(), cloud.addServer()]
    const { unit } = cloud.addUnit()
    const route = (id: string): Promise<Response> =>
      send('PATCH', '/users/555001/failoverips/v4/333001', { serverId: Number(id) })
    const { uuid } = z.object({ uuid: z.string() }).parse(await (await route(first.id)).json())
    expect((await route(second.id)).status).toBe(status)
    await clock.advance(20_000)
    expect(await (await send('GET', `/tasks/${uuid}`)).json()).toMatchObject({ state: firstState })
    expect(cloud.holding(unit)?.server).toBe(changeDuringTask === 'refused' ? first.id : second.id)
  })
})

describe("netcup's login", () => {
  it.each([true, false])('hands out refresh tokens anew each time: %s', async (rotatesRefreshToken) => {
    const cloud = createNetcupEmulator({ clock: createVirtualClock(), switches: { rotatesRefreshToken } })
    const first = cloud.login.refreshToken
    const { refresh_token: second } = await logIn(cloud, first)
    expect(second === first).toBe(!rotatesRefreshToken)
    const again = await ask(cloud, 'token', { client_id: 'scp', grant_type: 'refresh_token', refresh_token: first })
    expect(again.status).toBe(rotatesRefreshToken ? 400 : 200)
    await ask(cloud, 'revoke', { client_id: 'scp', token: second })
    const revoked = await ask(cloud, 'token', { client_id: 'scp', grant_type: 'refresh_token', refresh_token: second })
    expect([revoked.status, await revoked.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  })

  it('lets access tokens end after five minutes', async () => {
    const { clock, cloud, token } = await open()
    await clock.advance(299_999)
    expect(cloud.login.takes(token)).toBe(true)
    await clock.advance(1)
    expect(cloud.login.takes(token)).toBe(false)
  })

  it('follows the device flow: pending, slow down, approved', async () => {
    const clock = createVirtualClock()
    const cloud = createNetcupEmulator({ clock })
    const device = await ask(cloud, 'auth/device', { client_id: 'scp', scope: 'offline_access openid' })
    const { device_code, user_code } = z
      .looseObject({ device_code: z.string(), user_code: z.string(), interval: z.literal(5) })
      .parse(await device.json())
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
    const poll = async (): Promise<unknown> =>
      (await ask(cloud, 'token', { client_id: 'scp', grant_type, device_code })).json()
    expect(await poll()).toMatchObject({ error: 'authorization_pending' })
    expect(await poll()).toMatchObject({ error: 'slow_down' })
    cloud.login.decide(user_code, 'approve')
    await clock.advance(10_000)
    expect(await poll()).toMatchObject({ token_type: 'Bearer', expires_in: 300 })
  })
})

it("netcup's panel can be served over HTTP", async () => {
  const cloud = createNetcupEmulator({ clock: createVirtualClock() })
  const { url, close } = await serveEmulator(cloud.handle)
  try {
    const response = await fetch(`${url}/scp-core/api/ping`)
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/plain',
      'OK',
    ])
  } finally {
    await close()
  }
})
