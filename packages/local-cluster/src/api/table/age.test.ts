import { describe, expect, it } from 'vitest'

import { age, humanDuration } from './age.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

describe('humanDuration', () => {
  it.each([
    [-2 * second, '<invalid>'],
    [-1 * second, '0s'],
    [0, '0s'],
    [119 * second, '119s'],
    [2 * minute, '2m'],
    [9 * minute + 5 * second, '9m5s'],
    [10 * minute + 5 * second, '10m'],
    [179 * minute, '179m'],
    [3 * hour, '3h'],
    [7 * hour + 59 * minute, '7h59m'],
    [47 * hour, '47h'],
    [2 * day + hour, '2d1h'],
    [8 * day, '8d'],
    [729 * day, '729d'],
    [2 * 365 * day + 3 * day, '2y3d'],
    [9 * 365 * day, '9y'],
  ])('%d ms is %s', (milliseconds, expected) => {
    expect(humanDuration(milliseconds)).toBe(expected)
  })
})

describe('age', () => {
  it('tells an absent time from a wrong one', () => {
    expect([age(undefined, 0), age('soon', 0), age('1970-01-01T00:00:00Z', 5_000)]).toEqual([
      '<unknown>',
      '<invalid>',
      '5s',
    ])
  })
})
