import type { Highs, ModelData } from 'highs'
import { loadHighs } from './load-highs.ts'

/** Coefficients by variable; others are 0. */
export type Terms = ReadonlyMap<number, number>

export interface Row {
  readonly terms: Terms
  /** Absent: no bound. */
  readonly atLeast?: number
  readonly atMost?: number
}

export interface IntegerProgram {
  /** By variable: the most that it may be. The least is 0. */
  readonly atMost: readonly number[]
  /** Whether variables must be whole numbers. Otherwise fractions may do better, so that the optima are lower bounds. */
  readonly whole: boolean
  readonly rows: readonly Row[]
}

export interface LevelSolution {
  /** By objective. */
  readonly optima: readonly number[]
  /** By variable: values that reach them all. */
  readonly values: Float64Array
}

/** Minimises the first objective; of what reaches that optimum the second; and so on. Throws when nothing is feasible. */
export type LevelSolver = (program: IntegerProgram, objectives: readonly Terms[]) => LevelSolution

/**
 * @example
 * const solve = await createLevelSolver()
 * solve({ atMost: [5], whole: true, rows: [{ terms: new Map([[0, 2]]), atLeast: 3 }] }, [new Map([[0, 1]])]).optima // [2]
 */
export async function createLevelSolver(): Promise<LevelSolver> {
  const highs = await loadHighs()
  return (program, objectives) => solveLevels(highs, program, objectives)
}

function solveLevels(highs: Highs, program: IntegerProgram, objectives: readonly Terms[]): LevelSolution {
  const variables = program.atMost.length
  return highs.withModel(modelOf(highs, program), (model): LevelSolution => {
    model.options.set({ ...quiet, ...(!program.whole && variables < manyVariables ? { presolve: 'off' } : {}) })
    let values: Float64Array = new Float64Array(variables)
    const optima = objectives.map((terms) => {
      const costs = Float64Array.from({ length: variables }, (_, variable) => terms.get(variable) ?? 0)
      model.changeColsCost({ kind: 'range', from: 0, to: variables - 1 }, costs)
      const { optimal, unknown } = highs.constants.modelStatus
      model.run()
      if (model.getModelStatus() === unknown) {
        // From the last level's end it may lose its way over the tolerances; from nothing it does not.
        model.clearSolver()
        model.run()
      }
      const status = model.getModelStatus()
      if (status !== optimal) throw new Error(`HiGHS found no optimum, its status is ${status}`)
      const optimum = model.getObjectiveValue()
      values = model.getSolution().colValue
      model.addRow(-highs.infinity, optimum + tolerance, { indices: [...terms.keys()], values: [...terms.values()] })
      return optimum
    })
    return { optima, values }
  })
}

const tolerance = 1e-6
/** Below it, looking first for what can be left out costs more than it saves. */
const manyVariables = 1000
/** Without a word, and not content with one part in ten thousand, nor with rows that are almost kept, as it is by itself. */
const quiet = { output_flag: false, mip_rel_gap: 0, primal_feasibility_tolerance: 1e-10 }

function modelOf(highs: Highs, { atMost, whole, rows }: IntegerProgram): ModelData {
  const variables = atMost.length
  const { integer, continuous } = highs.constants.variableType
  const starts = [0]
  for (const { terms } of rows) starts.push((starts.at(-1) ?? 0) + terms.size)
  return {
    numCols: variables,
    numRows: rows.length,
    colCost: new Float64Array(variables),
    colLower: new Float64Array(variables),
    colUpper: atMost,
    rowLower: rows.map((row) => row.atLeast ?? -highs.infinity),
    rowUpper: rows.map((row) => row.atMost ?? highs.infinity),
    matrix: {
      format: 'csr',
      numRows: rows.length,
      numCols: variables,
      starts,
      indices: rows.flatMap(({ terms }) => [...terms.keys()]),
      values: rows.flatMap(({ terms }) => [...terms.values()]),
    },
    integrality: atMost.map(() => (whole ? integer : continuous)),
  }
}
