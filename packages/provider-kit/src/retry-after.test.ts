import { describe, expect, it } from 'vitest'
import { retryAfterSeconds } from './retry-after.ts'

const now = Date.parse('2026-11-21T10:00:00Z')

describe('retryAfterSeconds', () => {
  it.each([
    ['7', 7],
    ['0', 0],
    ['Sat, 21 Nov 2026 10:00:30 GMT', 30],
    ['Sat, 21 Nov 2026 09:59:00 GMT', 0],
    ['999999999999', 86_400],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['', undefined],
  ])('%j is %s', (value, seconds) => {
    expect(retryAfterSeconds(new Headers({ 'retry-after': value }), now)).toBe(seconds)
  })

  it('is undefined without a header', () => {
    expect(retryAfterSeconds(new Headers(), now)).toBeUndefined()
  })
})
