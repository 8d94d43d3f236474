import { createVirtualClock } from '@failover-ip/provider-testkit'
import { isProviderError } from '@failover-ip/provider'
import { describe, expect, it } from 'vitest'
import { setUp } from './testing/set-up.ts'

const startOfTime = createVirtualClock().now()

describe('errors', () => {
  it.each<[string, object, object]>([
    [
      '429 with reset_seconds',
      { status: 429, body: { type: 'too_many_requests', reset_seconds: 17 } },
      { code: 'RateLimited', retryAfterSeconds: 17, outcome: 'not-applied' },
    ],
    [
      '429 with reset_seconds of years',
      { status: 429, body: { type: 'too_many_requests', reset_seconds: 1e9 } },
      { code: 'RateLimited', retryAfterSeconds: 86_400 },
    ],
    [
      '429 with reset_at',
      { status: 429, body: { type: 'too_many_requests', reset_at: new Date(startOfTime + 60_000).toISOString() } },
      { code: 'RateLimited', retryAfterSeconds: 60 },
    ],
    [
      '429 with a reset_at that is none',
      { status: 429, body: { type: 'too_many_requests', reset_at: 'soon' } },
      { code: 'RateLimited', retryAfterSeconds: undefined },
    ],
    [
      '429 with Retry-After',
      { status: 429, body: 'slow', headers: { 'retry-after': '9' } },
      { code: 'RateLimited', retryAfterSeconds: 9 },
    ],
    ['429 without either', { status: 429 }, { code: 'RateLimited', retryAfterSeconds: undefined }],
    [
      '503 with Retry-After',
      { status: 503, headers: { 'retry-after': '4' } },
      { code: 'Busy', retryAfterSeconds: 4, outcome: 'unknown' },
    ],
    [
      '500',
      { status: 500, body: { message: 'internal error' } },
      { code: 'Transient', outcome: 'unknown', status: 500 },
    ],
    ['504', { status: 504, body: '<html>' }, { code: 'Transient', outcome: 'unknown' }],
    [
      'transient_state',
      { status: 409, body: { type: 'transient_state', current_state: 'pending' } },
      { code: 'Busy', outcome: 'not-applied' },
    ],
    ['locked', { status: 403, body: { type: 'locked' } }, { code: 'Busy' }],
    ['permissions_denied', { status: 403, body: { type: 'permissions_denied' } }, { code: 'Denied' }],
    [
      'denied_authentication',
      { status: 401, body: { type: 'denied_authentication', reason: 'expired' } },
      { code: 'Denied', message: expect.stringContaining('expired') as string },
    ],
    [
      'denied_authentication with a reason that is a code',
      {
        status: 401,
        body: { type: 'denied_authentication', message: 'authentication is denied', reason: 'not_found' },
      },
      {
        code: 'Denied',
        message: expect.stringMatching(/: it knows no such API key\. Put a valid API key into the Secret\.$/) as string,
      },
    ],
    [
      'a redirect',
      { status: 307, headers: { location: 'https://evil.test' } },
      { code: 'Invalid', outcome: 'not-applied' },
    ],
    ['a body of wrong types', { status: 400, body: { type: 7, details: 'x', fields: [1] } }, { code: 'Invalid' }],
    ['200 with nonsense', { status: 200, body: { ip: { id: 7 } } }, { code: 'Transient', outcome: 'unknown' }],
    ['200 without an address', { status: 200, body: {} }, { code: 'Transient', outcome: 'unknown' }],
  ])('%s [A50]', async (_, answer, expected) => {
    const { cloud, routing, signal, fail } = setUp()
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    cloud.faults.add({ method: 'PATCH', times: Infinity, fault: { kind: 'status', status: 500, ...answer } })
    const error = await fail(routing.assign(unit, { id: server.id, location: server.location }, { signal }))
    expect(error).toMatchObject(expected)
    expect(isProviderError(error)).toBe(true)
    expect(String(error)).toContain(unit)
    expect(String(error)).toContain('fr-par-1')
  })

  it.each([
    ['refuse', 'not-applied', 0],
    ['dropBefore', 'unknown', 0],
    ['dropAfter', 'unknown', 1],
  ] as const)('a connection that ends by %s leaves the outcome %s [A50]', async (kind, outcome, effects) => {
    const { cloud, routing, signal, fail } = setUp()
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    cloud.faults.add({ method: 'PATCH', fault: { kind } })
    const error = await fail(routing.assign(unit, { id: server.id, location: server.location }, { signal }))
    expect(error).toMatchObject({ code: 'Transient', outcome })
    expect(cloud.mutations()).toHaveLength(effects)
  })

  it('never repeats the key, in no message and no cause [A60]', async () => {
    const { cloud, routing, signal, fail } = setUp()
    const { secretKey } = cloud.account
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    const echo = {
      type: 'invalid_request_error',
      message: `bad token ${secretKey}`,
      fields: { 'x-auth-token': [secretKey] },
    }
    cloud.faults.add({ times: Infinity, fault: { kind: 'status', status: 400, body: echo } })
    for (
      let at = await fail(routing.assign(unit, { id: server.id, location: server.location }, { signal }));
      at instanceof Error;
      at = at.cause
    ) {
      expect(`${at.message}\n${at.stack}\n${JSON.stringify(at)}`).not.toContain(secretKey)
    }
  })

  it('repeats no part of the key where it cuts a long text [A60]', async () => {
    const { cloud, routing, signal, fail } = setUp()
    const { secretKey } = cloud.account
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    const body = { type: 'invalid_request_error', message: `${'x'.repeat(175)} ${secretKey}` }
    cloud.faults.add({ method: 'PATCH', fault: { kind: 'status', status: 400, body } })
    const error = await fail(routing.assign(unit, { id: server.id, location: server.location }, { signal }))
    expect(String(error)).not.toContain(secretKey.slice(0, 8))
  })

  it('judges a type that it does not know by the status, whatever its name', async () => {
    const { cloud, routing, signal, fail } = setUp()
    const server = cloud.addServer()
    const { unit } = cloud.addIp()
    cloud.faults.add({ method: 'PATCH', fault: { kind: 'status', status: 409, body: { type: 'constructor' } } })
    const error = await fail(routing.assign(unit, { id: server.id, location: server.location }, { signal }))
    expect(error).toMatchObject({ code: 'Conflict' })
    expect(String(error)).not.toContain('undefined')
  })
})
