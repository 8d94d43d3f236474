import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

test.each([
  ['0', 0],
  ['0s', 0],
  ['200ms', 200],
  ['1.5s', 1500],
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['1h0m0.25s', 3_600_250],
])('%s is %i ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds)
})

test.each(['', '5', 's', '-1s', '+1s', '1 s', '1d', '.5s', '1.s', '1S', ' 1s', '1e3s', '999999999h', '1s\n'])(
  '%j is no duration',
  (text) => expect(parseDuration(text)).toBeUndefined(),
)

test('what is formatted is parsed to the same', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000_000), (milliseconds) => {
      expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds)
    }),
  )
})
