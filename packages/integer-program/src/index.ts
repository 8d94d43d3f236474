export { createLevelSolver } from './level-solver.ts'
export type { IntegerProgram, LevelSolver, LevelSolution, Row, Terms } from './level-solver.ts'
