import { expect, test } from 'vitest'
import { seededRandom } from './seeded-random.ts'

const numbers = (seed: number): readonly number[] => {
  const random = seededRandom(seed)
  return Array.from({ length: 10_000 }, random)
}

test('is the same for the same seed, and another for the next', () => {
  const seed = Date.UTC(2026, 0, 1)
  expect(numbers(seed)).toEqual(numbers(seed))
  expect(numbers(seed)[0]).not.toBe(numbers(seed + 1)[0])
})

test('is spread evenly over [0, 1)', () => {
  const all = numbers(7)
  expect(all.every((number) => number >= 0 && number < 1)).toBe(true)
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => all.filter((number) => Math.floor(number * 10) === tenth).length,
  )
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(120)
  expect(new Set(all).size).toBeGreaterThan(9990)
})
