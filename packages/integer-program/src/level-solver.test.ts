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

  test('finds the end of a program whose tolerances lead it astray when it goes on from the level before', () => {
    const ones = (...variables: number[]): (readonly [number, number])[] => variables.map((variable) => [variable, 1])
    const less = (...variables: number[]): (readonly [number, number])[] => variables.map((variable) => [variable, -1])
    const equal = (carried: number[], steps: number[]) => ({
      terms: new Map([...ones(...carried), ...less(...steps)]),
      atLeast: 0,
      atMost: 0,
    })
    const program: IntegerProgram = {
      atMost: Array.from({ length: 20 }, () => 1),
      whole: false,
      rows: [
        { terms: new Map(ones(0, 1)), atMost: 1 },
        { terms: new Map(ones(2, 3)), atMost: 1 },
        { terms: new Map(ones(4, 5, 6)), atMost: 1 },
        { terms: new Map(ones(7, 8, 9)), atMost: 1 },
        { terms: new Map(ones(4, 7)), atMost: 1 },
        { terms: new Map(ones(0, 2, 5, 8)), atMost: 2 },
        { terms: new Map(ones(1, 3, 6, 9)), atMost: 1 },
        equal([0, 2, 5, 8], [10, 11, 12, 13]),
        equal([1, 3, 6, 9], [14, 15, 16, 17]),
        equal([4, 7], [18, 19]),
      ],
    }
    const load = [13_860, 41_580, 69_300, 97_020, 27_720, 83_160, 138_600, 194_040, 27_720, 83_160]
    const { optima } = solve(program, [
      new Map(less(0, 1, 4, 5, 6)),
      new Map(less(7, 8, 9)),
      new Map(less(2, 3)),
      new Map(less(6)),
      new Map([0, 2, 5, 8].map((variable) => [variable, 206])),
      new Map([4, 6].map((variable) => [variable, 10])),
      new Map(less(0, 6)),
      new Map(load.map((cost, index) => [10 + index, cost])),
    ])
    expect(optima.map(Math.round)).toEqual([-2, -1, -1, -1, 412, 10, -2, 110_880])
  })

  test('throws when nothing is feasible', () => {
    const program: IntegerProgram = { atMost: [1], whole: true, rows: [{ terms: terms(1), atLeast: 2 }] }
    expect(() => solve(program, [terms(1)])).toThrow('no optimum')
  })
})
