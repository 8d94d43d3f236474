import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareResourceVersions } from './resource-version.ts'

test('orders decimals of any length as numbers', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 80n }), fc.bigInt({ min: 0n, max: 2n ** 80n }), (left, right) => {
      const order = compareResourceVersions(String(left), String(right)) ?? Number.NaN
      expect(Math.sign(order)).toBe(left < right ? -1 : left > right ? 1 : 0)
    }),
  )
})

test.each(['', 'abc', '01', '-1', '1.5', '1e3'])('does not compare %j', (other) => {
  expect(compareResourceVersions('1', other)).toBeUndefined()
  expect(compareResourceVersions(other, '1')).toBeUndefined()
})
