import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { parseBindAddress } from './bind-address.ts'
import { textResponse } from './endpoint.ts'
import { probeEndpoints } from './probe-endpoints.ts'
import { serveEndpoints } from './serve-endpoints.ts'
import { StartError } from '../start-error.ts'

const loopback = { host: '127.0.0.1', port: 0 }

test('answers known paths alone, and survives an endpoint that throws', async () => {
  const broken = (): never => {
    throw new Error('broken')
  }
  const server = await serveEndpoints(loopback, { '/a': () => textResponse(200, 'ok'), '/broken': broken })
  const status = async (path: string, method = 'GET'): Promise<number> =>
    (await fetch(`http://127.0.0.1:${server.port}${path}`, { method })).status
  try {
    expect(await status('/a?x=1')).toBe(200)
    expect(await status('/b')).toBe(404)
    expect(await status('/constructor')).toBe(404)
    expect(await status('/a', 'POST')).toBe(405)
    expect(await status('/broken')).toBe(500)
    await expect(serveEndpoints({ host: '127.0.0.1', port: server.port }, {})).rejects.toThrow(
      new StartError(
        `Cannot listen on 127.0.0.1:${server.port}: another process listens there; stop it, or choose another address by flag (see --help).`,
      ),
    )
  } finally {
    await server.close()
  }
})

test('whoever holds connections open, and asks on them, keeps nobody from being answered', async () => {
  const limits = {
    headersTimeout: 60_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 60_000,
    connectionsCheckingInterval: 500,
  }
  const server = await serveEndpoints(
    loopback,
    { '/a': () => textResponse(200, 'ok') },
    { ...limits, maxConnections: 20 },
  )
  const held = Array.from({ length: 50 }, () => connect(server.port, '127.0.0.1').on('error', () => undefined))
  const closed = held.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)))
  try {
    for (const socket of held.slice(0, 25)) socket.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await fetch(`http://127.0.0.1:${server.port}/a`)).status).toBe(200)
    await Promise.all(closed.slice(0, 30))
  } finally {
    await server.close()
    await Promise.all(closed)
  }
})

test.each([
  ['nothing', ''],
  ['a part of a request', 'GET /a HTTP/1.1\r\nHost: a\r\n'],
  ['a whole request, and nothing more', 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n'],
])('a connection that says %s is closed after its time', async (_, text) => {
  const limits = { headersTimeout: 20, requestTimeout: 40, keepAliveTimeout: 20, connectionsCheckingInterval: 10 }
  const endpoints = { '/a': () => textResponse(200, 'ok') }
  const server = await serveEndpoints(loopback, endpoints, { ...limits, maxConnections: 512 })
  try {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(text)
    await once(socket.resume(), 'close', { signal: AbortSignal.timeout(4000) })
  } finally {
    await server.close()
  }
})

test('is ready when nothing is left to be known, and alive before', () => {
  const missing = ['nodes']
  const endpoints = probeEndpoints(() => missing)
  expect(endpoints['/healthz']?.()).toMatchObject({ status: 200 })
  expect(endpoints['/readyz']?.()).toMatchObject({ status: 503, body: 'not yet known: nodes\n' })
  missing.pop()
  expect(endpoints['/readyz']?.()).toMatchObject({ status: 200 })
})

test.each([
  [':8080', { host: undefined, port: 8080 }],
  ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
  ['[::1]:9', { host: '::1', port: 9 }],
  ['8080', undefined],
  [':99999', undefined],
  ['::1:80', undefined],
])('%s', (text, address) => expect(parseBindAddress(text)).toEqual(address))
