import { describe, expect, test } from 'vitest'
import { createLevelSolver, type IntegerProgram } from './level-solver.ts'

const terms = (...coefficients: number[]): ReadonlyMap<number, number> => new Map(coefficients.entries())

describe('the level solver', async () => {
  const solve = await createLevelSolver()

  test('gives up nothing of the first objective for the second', () => {
    const program: IntegerProgram = {
      atMost: [4, 4],
      whole: true,
      rows: [{ terms: terms(1, 1), atMost: 5 }],
    }
    const { optima, values } = solve(program, [terms(-1, -1), terms(0, 1), terms(1, 0)])
    expect(optima.map(Math.round)).toEqual([-5, 1, 4])
    expect([...values].map(Math.round)).toEqual([4, 1])
  })

  test('tells whole numbers from others', () => {
    const half = (whole: boolean): IntegerProgram => ({
      atMost: [9],
      whole,
      rows: [{ terms: terms(2), atLeast: 3 }],
    })
    expect(solve(half(true), [terms(1)]).optima[0]).toBeCloseTo(2)
    expect(solve(half(false), [terms(1)]).optima[0]).toBeCloseTo(1.5)
  })

  test('throws when nothing is feasible', () => {
    const program: IntegerProgram = { atMost: [1], whole: true, rows: [{ terms: terms(1), atLeast: 2 }] }
    expect(() => solve(program, [terms(1)])).toThrow('no optimum')
  })
})
