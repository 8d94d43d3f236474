import { isProviderError } from '@failover-ip/provider'
import { createVirtualClock, createDigitalOceanEmulator, digitalOceanErrors } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { setUp } from './testing/set-up.ts'

const at = (id: string, location = 'nyc3'): { readonly id: string; readonly location: string } => ({ id, location })

describe('errors', () => {
  const now = createVirtualClock().now() / 1000
  it.each<[string, object, object]>([
    [
      '429 with ratelimit-reset',
      { ...digitalOceanErrors.tooManyRequests(), headers: { 'ratelimit-reset': String(now + 17) } },
      { code: 'RateLimited', retryAfterSeconds: 17, outcome: 'not-applied' },
    ],
    [
      '429 with Retry-After as well',
      { status: 429, headers: { 'ratelimit-reset': String(now + 1700), 'retry-after': '9' } },
      { code: 'RateLimited', retryAfterSeconds: 9 },
    ],
    [
      '429 with a reset in the past',
      { status: 429, headers: { 'ratelimit-reset': String(now - 60) } },
      { code: 'RateLimited', retryAfterSeconds: 1 },
    ],
    ['429 with neither', { status: 429 }, { code: 'RateLimited', retryAfterSeconds: undefined }],
    ['500', { ...digitalOceanErrors.serverError() }, { code: 'Transient', outcome: 'unknown' }],
    ['504', { status: 504, text: '<html>' }, { code: 'Transient', outcome: 'unknown' }],
    ['401', { ...digitalOceanErrors.unauthorized() }, { code: 'Denied', outcome: 'not-applied' }],
    ['403', { ...digitalOceanErrors.forbidden() }, { code: 'Denied', outcome: 'not-applied' }],
    ['409', { ...digitalOceanErrors.conflict('no') }, { code: 'Conflict', outcome: 'not-applied' }],
    ['422', { ...digitalOceanErrors.unprocessable('no') }, { code: 'Invalid', outcome: 'not-applied' }],
    ['a body of wrong types', { status: 422, body: { id: 7, message: [] } }, { code: 'Invalid' }],
    ['201 with nonsense', { status: 201, body: { action: { id: 'x' } } }, { code: 'Transient', outcome: 'unknown' }],
    ['201 without an action', { status: 201, body: {} }, { code: 'Transient', outcome: 'unknown' }],
  ])('%s [A50]', async (_, answer, expected) => {
    const { cloud, routing, signal, fail } = setUp()
    const { id } = cloud.addDroplet()
    const { unit } = cloud.addAddress()
    cloud.faults.add({ method: 'POST', times: Infinity, fault: { kind: 'status', status: 500, ...answer } })
    const error = await fail(routing.assign(unit, at(id), { signal }))
    expect(error).toMatchObject(expected)
    expect(isProviderError(error)).toBe(true)
    expect(String(error)).toContain(`assigning ${unit} to Droplet ${id}`)
  })

  it('says what to do about a token that is refused', async () => {
    const { cloud, routing, signal, fail } = setUp()
    const { id } = cloud.addDroplet()
    const { unit } = cloud.addAddress()
    cloud.setAccount({ token: 'dop_v1_rotated' })
    expect(String(await fail(routing.assign(unit, at(id), { signal })))).toContain('put a valid token into the Secret')
    cloud.setAccount({ token: createDigitalOceanEmulator({ clock: createVirtualClock() }).account.token })
    cloud.setAccount({ access: 'readOnly' })
    expect(String(await fail(routing.assign(unit, at(id), { signal })))).toContain('reserved_ip:update')
  })
})
