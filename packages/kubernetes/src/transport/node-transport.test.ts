import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import type { KubernetesRequest } from './kubernetes-transport.ts'
import { createNodeTransport, type ClosableTransport } from './node-transport.ts'
import { readBody } from './read-body.ts'
import { TransportError } from './transport-error.ts'

const open: { transport?: ClosableTransport; server?: Server } = {}

afterEach(() => {
  open.transport?.close()
  open.server?.closeAllConnections()
  open.server?.close()
})

async function serve(listener: RequestListener, prefix = ''): Promise<ClosableTransport> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.server = server
  open.transport = connect(`${addressOf(server)}${prefix}`)
  return open.transport
}

function addressOf(server: Server | undefined): string {
  const address = server?.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return `http://127.0.0.1:${address.port}`
}

function connect(address: string): ClosableTransport {
  return createNodeTransport({
    server: new URL(address),
    connection: () => Promise.resolve({ headers: { Authorization: 'Bearer secret' } }),
    userAgent: 'failover-ip/test',
  })
}

function get(path: string, more: Partial<KubernetesRequest> = {}): KubernetesRequest {
  return { method: 'GET', path, signal: new AbortController().signal, ...more }
}

test('sends method, path under the prefix, headers and body, and gives the answer', async () => {
  const transport = await serve((request, response) => {
    const { method, url, headers } = request
    request.setEncoding('utf8').once('data', (body: string) => {
      const { authorization } = headers
      response.setHeader('X-Kubernetes', 'yes').writeHead(201)
      response.end(JSON.stringify({ method, url, authorization, agent: headers['user-agent'], body }))
    })
  }, '/k8s/clusters/c-1/')
  const response = await transport.request(get('/api/v1/nodes?limit=1', { method: 'POST', body: '{"ä":1}' }))
  expect(response.status).toBe(201)
  expect(response.headers.get('x-kubernetes')).toBe('yes')
  expect(JSON.parse(await readBody(response, 1000))).toEqual({
    method: 'POST',
    url: '/k8s/clusters/c-1/api/v1/nodes?limit=1',
    authorization: 'Bearer secret',
    agent: 'failover-ip/test',
    body: '{"ä":1}',
  })
})

test('streams the body, and leaving the loop ends the connection', async () => {
  const closed = Promise.withResolvers<void>()
  const transport = await serve((_request, response) => {
    response.once('close', () => closed.resolve())
    response.write('first')
  })
  const response = await transport.request(get('/'))
  for await (const chunk of response.body) {
    expect(Buffer.from(chunk).toString()).toBe('first')
    break
  }
  await closed.promise
})

test('keeps its connection, unless a fresh one is asked for', async () => {
  const ports: (number | undefined)[] = []
  const transport = await serve((request, response) => {
    ports.push(request.socket.remotePort)
    response.end('ok')
  })
  for (const freshConnection of [false, false, true]) {
    await readBody(await transport.request(get('/', { freshConnection })), 1000)
  }
  expect(ports[1]).toBe(ports[0])
  expect(ports[2]).not.toBe(ports[0])
})

test('an abort rejects with its reason, before the head and within the body', async () => {
  const transport = await serve((request, response) => {
    if (request.url === '/body') response.write('first')
  })
  const before = new AbortController()
  const waiting = transport.request(get('/head', { signal: before.signal }))
  before.abort(new Error('too late'))
  await expect(waiting).rejects.toThrow('too late')

  const within = new AbortController()
  const response = await transport.request(get('/body', { signal: within.signal }))
  const body = response.body[Symbol.asyncIterator]()
  await body.next()
  within.abort(new Error('enough'))
  await expect(body.next()).rejects.toThrow('enough')
})

test('a refused connection surely applied nothing; one reset later may have', async () => {
  const transport = await serve((request) => request.socket.destroy())
  await expect(transport.request(get('/'))).rejects.toMatchObject({ code: 'ECONNRESET', outcome: 'unknown' })
  open.server?.closeAllConnections()
  open.server?.close()
  const refused: unknown = await transport.request(get('/')).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(TransportError)
  expect(refused).toMatchObject({ code: 'ECONNREFUSED', outcome: 'not-applied' })
})

test('a body that is too long is an error', async () => {
  const transport = await serve((_request, response) => response.end('x'.repeat(2000)))
  const response = await transport.request(get('/'))
  await expect(readBody(response, 1000)).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' })
})

test('goes through the proxy that it was given', async () => {
  const seen: (string | undefined)[] = []
  await serve((request, response) => {
    seen.push(request.url)
    response.end('by proxy')
  })
  const proxy = addressOf(open.server)
  const transport = createNodeTransport({
    server: new URL('http://api.invalid:6443'),
    connection: () => Promise.resolve({}),
    userAgent: 'failover-ip/test',
    proxy: { HTTP_PROXY: proxy },
  })
  expect(await readBody(await transport.request(get('/version')), 1000)).toBe('by proxy')
  expect(seen).toEqual(['http://api.invalid:6443/version'])
  transport.close()
})
