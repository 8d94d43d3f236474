import { describe, expect, it } from 'vitest'
import type * as Errors from './errors.ts'
import { isProviderError, ProviderError } from './errors.ts'

describe('ProviderError', () => {
  it('carries what the engine decides by', () => {
    const cause = new Error('socket')
    const error = new ProviderError('RateLimited', 'Slow down.', {
      outcome: 'not-applied',
      retryAfterSeconds: 7,
      status: 429,
      cause,
    })
    expect(error).toMatchObject({
      name: 'ProviderError',
      code: 'RateLimited',
      message: 'Slow down.',
      outcome: 'not-applied',
      retryAfterSeconds: 7,
      status: 429,
      cause,
    })
    expect(Object.hasOwn(new ProviderError('Busy', 'x', { outcome: 'unknown' }), 'cause')).toBe(false)
  })

  it('is recognised across copies of the package', async () => {
    const path = './errors.ts?copy'
    const copy = (await import(path)) as typeof Errors
    const error = new copy.ProviderError('Busy', 'x', { outcome: 'unknown' })
    expect(error).not.toBeInstanceOf(ProviderError)
    expect(isProviderError(error)).toBe(true)
  })

  it.each([undefined, null, 'Busy', {}, new Error('x'), { code: 'Busy', outcome: 'unknown' }])('is not %o', (value) => {
    expect(isProviderError(value)).toBe(false)
  })
})
