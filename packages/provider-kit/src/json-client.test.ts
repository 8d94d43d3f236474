import type { Clock } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createJsonClient } from './json-client.ts'
import type { JsonClientOptions, JsonRequest } from './json-client.ts'

const token = 'tok-123456789'
const clock: Clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() }
const list: JsonRequest<{ ips: string[] }> = {
  method: 'GET',
  path: '/ips',
  schema: z.object({ ips: z.array(z.string()) }),
  action: 'listing addresses',
}

function client(
  answer: () => Response,
  more: Partial<JsonClientOptions> = {},
): (request: JsonRequest<{ ips: string[] }>) => Promise<unknown> {
  const send = createJsonClient({
    cloud: 'Acme',
    apiUrl: 'https://api.acme.test/v1',
    fetch: async () => answer(),
    clock,
    userAgent: 'failover-ip/test',
    headers: { authorization: `Bearer ${token}` },
    secrets: [token],
    ...more,
  })
  return (request) => send(request, { signal: new AbortController().signal }).then(({ value }) => value)
}

describe('createJsonClient', () => {
  it('sends what is asked, with credentials and our name', async () => {
    const requests: Request[] = []
    const send = client(() => Response.json({ ips: ['192.0.2.1'] }), {
      fetch: async (input, init) => {
        requests.push(new Request(input, init))
        return Response.json({ ips: [] })
      },
    })
    await send({ ...list, method: 'PATCH', body: { server: 7 } })
    const [request] = requests
    expect(request?.url).toBe('https://api.acme.test/v1/ips')
    expect(request?.headers.get('authorization')).toBe(`Bearer ${token}`)
    expect(request?.headers.get('user-agent')).toBe('failover-ip/test')
    expect(request?.headers.get('content-type')).toBe('application/json')
    expect(await request?.json()).toEqual({ server: 7 })
  })

  it('sends parameters as a form', async () => {
    const requests: Request[] = []
    const send = client(() => expect.fail('the other fetch answers'), {
      fetch: async (input, init) => {
        requests.push(new Request(input, init))
        return Response.json({ ips: [] })
      },
    })
    await send({ ...list, method: 'POST', body: new URLSearchParams({ server: 'a & b' }) })
    const [request] = requests
    expect(request?.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
    expect(await request?.text()).toBe('server=a+%26+b')
  })

  it('gives the checked answer', async () => {
    expect(await client(() => Response.json({ ips: ['192.0.2.1'], extra: 1 }))(list)).toEqual({ ips: ['192.0.2.1'] })
  })

  it.each<[string, () => Response, string]>([
    ['malformed JSON', () => new Response('{"ips":['), 'is no JSON'],
    ['a page of HTML', () => new Response('<html>Sorry</html>'), 'but a page of HTML'],
    ['an empty body', () => new Response(''), 'is not of the documented form'],
    ['other JSON', () => Response.json({ ips: [1] }), 'ips.0: '],
  ])(
    'takes %s with status 200 for a failure; of a mutation, one of unknown outcome [A50]',
    async (_, answer, message) => {
      const error = { code: 'Transient', status: 200, message: expect.stringContaining(message) as string }
      await expect(client(answer)(list)).rejects.toMatchObject({ ...error, outcome: 'not-applied' })
      await expect(client(answer)({ ...list, method: 'PATCH' })).rejects.toMatchObject({ ...error, outcome: 'unknown' })
    },
  )

  it.each<[string, () => Response]>([
    ['a lost answer', () => Response.error()],
    ['500', () => new Response('', { status: 500 })],
    ['nonsense', () => new Response('{')],
  ])(
    'takes %s to a question by POST for a question that failed, and to a change for one left open',
    async (_, answer) => {
      const lost = (): Response => {
        const response = answer()
        if (response.type === 'error') throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })
        return response
      }
      const post = { ...list, method: 'POST' } as const
      await expect(client(lost)(post)).rejects.toMatchObject({ outcome: 'unknown' })
      await expect(client(lost)({ ...post, asks: true })).rejects.toMatchObject({ outcome: 'not-applied' })
    },
  )

  it.each([
    ['{"wait":7}', { wait: 7 }],
    ['Sorry.', undefined],
  ])('lets the provider read the body of a refusal: %s', async (body, json) => {
    const seen: unknown[] = []
    const send = client(() => new Response(body, { status: 409 }), {
      readError: (answer) => {
        seen.push(answer.json)
        return { code: 'Busy', message: undefined, retryAfterSeconds: 7 }
      },
    })
    await expect(send(list)).rejects.toMatchObject({ code: 'Busy', retryAfterSeconds: 7 })
    expect(seen).toEqual([json])
  })

  it('names cloud, status and action in the error, and no secret', async () => {
    const send = client(() => new Response(`bad token ${token}`, { status: 401 }), {
      readError: ({ body }) => ({ message: body }),
    })
    await expect(send(list)).rejects.toMatchObject({
      code: 'Denied',
      message: 'Acme answered 401 to listing addresses: bad token [redacted].',
    })
  })

  it.each(['m-1 has 3 blocks', 'm-1 has 3 blocks.', 'm-1 has 3 blocks...\n'])(
    'ends in one full stop, however the cloud ends: %j',
    async (message) => {
      const send = client(() => new Response('{}', { status: 409 }), { readError: () => ({ message }) })
      await expect(send(list)).rejects.toThrow(/^Acme answered 409 to listing addresses: m-1 has 3 blocks\.$/)
    },
  )

  it("takes the cloud's own word over the status", async () => {
    const send = client(() => new Response('', { status: 403 }), {
      readError: () => ({ code: 'RateLimited', retryAfterSeconds: 9 }),
    })
    await expect(send(list)).rejects.toMatchObject({ code: 'RateLimited', retryAfterSeconds: 9 })
  })

  it('repeats no value of an answer in the error about it', async () => {
    const send = client(() => Response.json({ ips: [{ key: token }] }))
    await expect(send(list)).rejects.toMatchObject({ message: expect.not.stringContaining(token) as string })
  })
})
