import { once } from 'node:events'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import { ProviderError } from '@failover-ip/provider'
import type { ProviderErrorOptions } from '@failover-ip/provider'
import { afterEach, describe, expect, it } from 'vitest'
import { exchange } from './exchange.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error,
  )
}

const live = (): AbortSignal => new AbortController().signal
const transient = (outcome: ProviderErrorOptions['outcome']): object =>
  expect.objectContaining({ code: 'Transient', outcome }) as object

describe('exchange', () => {
  it('gives status, headers and body, whatever the status', async () => {
    const url = await serve((_, response) => response.writeHead(418, { 'x-kind': 'pot' }).end('short and stout'))
    const answer = await exchange(new Request(url), { fetch, signal: live() })
    expect([answer.status, answer.headers.get('x-kind'), answer.body]).toEqual([418, 'pot', 'short and stout'])
  })

  it('does not follow a redirect, which would carry the credentials along', async () => {
    let asked = 0
    const url = await serve((_, response) => {
      asked += 1
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    const answer = await exchange(new Request(url, { headers: { 'x-auth-token': 't' } }), { fetch, signal: live() })
    expect([answer.status, asked]).toEqual([307, 1])
  })

  it('ends with the reason of the signal while the body trickles in [A50]', async () => {
    const controller = new AbortController()
    const reason = new Error('deadline')
    const url = await serve((_, response) => {
      response.writeHead(200)
      response.write('{"a":')
      setTimeout(() => controller.abort(reason), 10)
    })
    expect(await failure(exchange(new Request(url), { fetch, signal: controller.signal }))).toBe(reason)
  })

  it('ends at once although the fetch that it was given ignores the signal', async () => {
    const controller = new AbortController()
    const reason = new Error('deadline')
    const pending = exchange(new Request('http://cloud.test'), {
      fetch: () => new Promise(() => {}),
      signal: controller.signal,
    })
    controller.abort(reason)
    expect(await failure(pending)).toBe(reason)
  })

  it('sends nothing when the signal is aborted already', async () => {
    let asked = false
    const spy = (): Promise<Response> => {
      asked = true
      return Promise.resolve(new Response())
    }
    const reason = new Error('too late')
    const options = { fetch: spy, signal: AbortSignal.abort(reason) }
    expect(await failure(exchange(new Request('http://cloud.test'), options))).toBe(reason)
    expect(asked).toBe(false)
  })

  it('drops an answer that is longer than the limit', async () => {
    const url = await serve((_, response) => response.end('x'.repeat(3_000)))
    const read = exchange(new Request(url), { fetch, signal: live(), maximumBytes: 1_000 })
    expect(await failure(read)).toEqual(transient('not-applied'))
    const write = exchange(new Request(url, { method: 'PATCH' }), { fetch, signal: live(), maximumBytes: 1_000 })
    expect(await failure(write)).toEqual(transient('unknown'))
  })

  it('calls a lost answer to a mutation unknown, and to a read not applied', async () => {
    const url = await serve((request) => request.socket.destroy())
    expect(await failure(exchange(new Request(url), { fetch, signal: live() }))).toEqual(transient('not-applied'))
    const patch = exchange(new Request(url, { method: 'PATCH', body: '{}' }), { fetch, signal: live() })
    expect(await failure(patch)).toEqual(transient('unknown'))
  })

  it('calls an answer that breaks off in its body lost', async () => {
    const url = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"half":', () => request.socket.destroy())
    })
    const patch = exchange(new Request(url, { method: 'PATCH', body: '{}' }), { fetch, signal: live() })
    expect(await failure(patch)).toEqual(transient('unknown'))
  })

  it('calls a mutation not applied when nobody listens', async () => {
    const url = await serve(() => {})
    servers.pop()?.close()
    const error = await failure(exchange(new Request(url, { method: 'PATCH' }), { fetch, signal: live() }))
    expect(error).toEqual(transient('not-applied'))
    expect(String(error)).toContain('could not be reached (ECONNREFUSED)')
  })

  it('keeps secrets out of the error and its causes', async () => {
    const secret = 'b1f3c9d0-secret'
    const error = await failure(
      exchange(new Request('http://cloud.test'), {
        fetch: () => Promise.reject(new TypeError('fetch failed', { cause: new Error(`header ${secret} is bad`) })),
        signal: live(),
        secrets: [secret],
      }),
    )
    expect(error).toBeInstanceOf(ProviderError)
    const causes: string[] = []
    for (let at = error; at instanceof Error; at = at.cause) causes.push(at.message, at.stack ?? '')
    expect(causes.join('\n')).toContain('header [redacted] is bad')
    expect(causes.join('\n')).not.toContain(secret)
  })
})
