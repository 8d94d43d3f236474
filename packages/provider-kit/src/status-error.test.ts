import { describe, expect, it } from 'vitest'
import { statusError } from './status-error.ts'

function of(status: number, method: string, headers: Record<string, string> = {}): object {
  const { code, outcome, retryAfterSeconds } = statusError(
    { status, headers: new Headers(headers) },
    { method, message: 'refused', now: 0 },
  )
  return { code, outcome, retryAfterSeconds }
}

describe('statusError', () => {
  it.each([
    [301, 'Invalid', 'not-applied'],
    [400, 'Invalid', 'not-applied'],
    [401, 'Denied', 'not-applied'],
    [403, 'Denied', 'not-applied'],
    [404, 'NotFound', 'not-applied'],
    [405, 'Unsupported', 'not-applied'],
    [408, 'Transient', 'unknown'],
    [409, 'Conflict', 'not-applied'],
    [410, 'NotFound', 'not-applied'],
    [412, 'Conflict', 'not-applied'],
    [422, 'Invalid', 'not-applied'],
    [423, 'Busy', 'not-applied'],
    [429, 'RateLimited', 'not-applied'],
    [500, 'Transient', 'unknown'],
    [501, 'Unsupported', 'unknown'],
    [502, 'Transient', 'unknown'],
    [503, 'Transient', 'unknown'],
    [504, 'Transient', 'unknown'],
  ])('a mutation answered by %i is %s, %s', (status, code, outcome) => {
    expect(of(status, 'PATCH')).toEqual({ code, outcome, retryAfterSeconds: undefined })
    expect(of(status, 'GET')).toEqual({ code, outcome: 'not-applied', retryAfterSeconds: undefined })
  })

  it('carries the wait that the cloud asks for', () => {
    expect(of(429, 'PATCH', { 'retry-after': '12' })).toMatchObject({ code: 'RateLimited', retryAfterSeconds: 12 })
    expect(of(503, 'PATCH', { 'retry-after': '3' })).toMatchObject({
      code: 'Busy',
      outcome: 'unknown',
      retryAfterSeconds: 3,
    })
  })

  it.each([
    [Number.NaN, 12],
    [Number.POSITIVE_INFINITY, 12],
    [-1, 12],
    [1e9, 86_400],
  ])('takes a wait of %d for %d', (retryAfterSeconds, expected) => {
    const options = { method: 'PATCH', message: 'slow', now: 0, retryAfterSeconds }
    const headers = new Headers({ 'retry-after': '12' })
    expect(statusError({ status: 429, headers }, options).retryAfterSeconds).toBe(expected)
  })

  it('lets the provider know better', () => {
    const headers = new Headers({ 'retry-after': '12' })
    const options = { method: 'PATCH', message: 'full', now: 0, code: 'Invalid', retryAfterSeconds: 5 } as const
    expect(statusError({ status: 403, headers }, options)).toMatchObject({ code: 'Invalid', retryAfterSeconds: 5 })
  })
})
