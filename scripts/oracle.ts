/**
 * `npm run oracle [-- --cases N] [--seed S] [--shape NAME --path P]`: placement beside an exact solver, level after level,
 * on N random inputs of every shape, and what came up in them. It says its seed; a failure says how to replay it.
 */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { arbitraryInput } from '../packages/core/src/placement/testing/arbitrary-input.ts'
import { Coverage } from '../packages/core/src/placement/testing/coverage.ts'
import { exactSolver, fault, type Oracle } from '../packages/core/src/placement/testing/disagreement.ts'
import { shapes } from '../packages/core/src/placement/testing/shapes.ts'

interface Run {
  readonly cases: number
  readonly seed: number
  readonly path: string | undefined
}

/** Whether all cases of the shape agree; what came up is counted in the cases that ran. */
function compare(name: string, { cases, seed, path }: Run, oracle: Oracle, coverage: Coverage): boolean {
  const property = fc.property(arbitraryInput(shapes[name]), (input) => {
    coverage.count(input)
    const found = fault(input, oracle)
    if (found !== undefined) throw new Error(found)
  })
  const started = performance.now()
  const details = fc.check(property, { numRuns: cases, seed, ...(path === undefined ? {} : { path }) })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${details.failed ? 'FAIL' : 'ok  '}  ${name.padEnd(24)} ${details.numRuns} cases in ${seconds} s`)
  if (!details.failed) return true
  console.log(fc.stringify(details.counterexample))
  console.log(details.errorInstance)
  console.log(`Replay: npm run oracle -- --seed=${seed} --shape '${name}' --path '${details.counterexamplePath ?? ''}'`)
  return false
}

function report(coverage: Coverage): void {
  for (const [what, counts] of coverage.counters()) {
    console.log(`\n${what}:`)
    for (const [of, count] of Object.entries(counts)) console.log(`  ${of.padEnd(20)} ${count}`)
  }
}

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    shape: { type: 'string' },
    path: { type: 'string' },
  },
})
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const run: Run = { cases: values.path === undefined ? Number(values.cases) : 1, seed, path: values.path }
const names = Object.keys(shapes).filter((name) => values.shape === undefined || name === values.shape)
if (!Number.isInteger(seed) || !(run.cases >= 1) || names.length === 0) {
  console.error(`Usage: npm run oracle -- --cases N [--seed S] [--shape NAME], of ${Object.keys(shapes).join(', ')}.`)
  process.exit(2)
}
console.log(`seed ${seed}`)
const oracle = await exactSolver()
const coverage = new Coverage()
const failed = names.filter((name) => !compare(name, run, oracle, coverage))
report(coverage)
console.log(`\n${names.length - failed.length} of ${names.length} shapes agree with the exact solver (seed ${seed})`)
process.exitCode = failed.length === 0 ? 0 : 1
