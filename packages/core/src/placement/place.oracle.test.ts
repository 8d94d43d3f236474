import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryInput } from './testing/arbitrary-input.ts'
import { Coverage } from './testing/coverage.ts'
import { bruteForce, disagreement, exactSolver, fault } from './testing/disagreement.ts'
import { hasRefusalsInOpenGroup } from './testing/objective.ts'
import { place } from './place.ts'
import { placedGreedily } from './testing/placed-by.ts'
import { shapes } from './testing/shapes.ts'

// A failure prints its seed and path; `fc.assert(property, { seed, path })` replays it, and for the exact solver
// `npm run oracle -- --seed=SEED --shape NAME --path PATH` does.

test('the inputs try every level, every rule, and exchanges of every length', () => {
  const coverage = new Coverage()
  for (const shape of Object.values(shapes)) {
    for (const input of fc.sample(arbitraryInput(shape), { numRuns: 100, seed: 1 })) coverage.count(input)
  }
  const never = [...coverage.counters()].flatMap(([what, counts]) =>
    Object.entries(counts).flatMap(([of, count]) => (count === 0 ? [`${what}: ${of}`] : [])),
  )
  expect(never).toEqual([])
})

describe('place, beside brute force', () => {
  test('reaches the optimum in every level, up to six items on four nodes', () => {
    fc.assert(
      fc.property(arbitraryInput(), (input) => {
        expect(fault(input, bruteForce)).toBeUndefined()
      }),
      { numRuns: 1000 },
    )
  }, 60_000)

  test('which finds the faults of a greedy placement', () => {
    const property = fc.property(arbitraryInput(), (input) => {
      expect(disagreement(input, placedGreedily(input), bruteForce)).toBeUndefined()
    })
    expect(fc.check(property, { numRuns: 500, seed: 1 }).failed).toBe(true)
  }, 60_000)
})

test('refusals in a group that may choose the zone leave most answers proven', () => {
  const shape = shapes['refusals in a group that may choose the zone']
  const hard = fc.sample(arbitraryInput(shape), { numRuns: 2000, seed: 1 }).filter(hasRefusalsInOpenGroup)
  const proven = hard.filter((input) => place(input).certificate.proven)
  expect(hard.length).toBeGreaterThan(200)
  expect(proven.length / hard.length).toBeGreaterThan(0.9)
})

describe('place, beside an exact solver', async () => {
  const oracle = await exactSolver()

  test.each(Object.entries(shapes))(
    'reaches the optimum in every level: %s',
    (_, shape) => {
      fc.assert(
        fc.property(arbitraryInput(shape), (input) => {
          expect(fault(input, oracle)).toBeUndefined()
        }),
        { numRuns: 300 },
      )
    },
    60_000,
  )

  test.each(Object.entries(shapes))(
    'which finds the faults of a greedy placement: %s',
    (_, shape) => {
      const property = fc.property(arbitraryInput(shape), (input) => {
        expect(disagreement(input, placedGreedily(input), oracle)).toBeUndefined()
      })
      expect(fc.check(property, { numRuns: 250, seed: 1, endOnFailure: true }).failed).toBe(true)
    },
    60_000,
  )
})
