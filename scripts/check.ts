/**
 * `npm run check [-- NAME ...]`: everything that can be said about the sources without running the product. Every step
 * runs, also after one has failed; each prints one line with its time, and below it what it found.
 */
import { availableParallelism } from 'node:os'
import { runCommand } from './command.ts'
import { root } from './repository-files.ts'

interface Step {
  readonly name: string
  readonly command: readonly string[]
  /** Steps that must have ended first, whether well or not. */
  readonly after?: readonly string[]
}

interface Outcome {
  readonly ok: boolean
  readonly seconds: number
  readonly output: string
}

/** Slowest first, so that the short ones fill the gaps. */
const steps: readonly Step[] = [
  { name: 'build', command: ['turbo', 'run', 'build', '--output-logs=errors-only'] },
  { name: 'packages', command: ['node', 'scripts/public-packages.ts'], after: ['build'] },
  { name: 'unused', command: ['knip', '--no-progress', '--no-config-hints'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'typecheck', command: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'examples', command: ['node', 'scripts/readme-examples.ts'] },
  {
    name: 'generated',
    command: ['node', '--conditions=@failover-ip/source', 'packages/kubernetes/src/resources/generate.ts', '--check'],
  },
  {
    name: 'pictures',
    command: ['node', '--conditions=@failover-ip/source', 'examples/placement/src/main.ts', '--check'],
  },
  { name: 'imports', command: ['node', 'scripts/import-rules.ts'] },
  { name: 'text', command: ['node', 'scripts/repository-text.ts'] },
  { name: 'format', command: ['oxfmt', '--check'] },
]

async function run({ command }: Step): Promise<Outcome> {
  const started = performance.now()
  const { ok, output } = await runCommand(command, { cwd: root, timeout: 5 * 60_000 })
  return { ok, seconds: (performance.now() - started) / 1000, output }
}

function report({ name }: Step, { ok, seconds, output }: Outcome): void {
  const lastLine = output.split('\n').at(-1) ?? ''
  const remark = ok && name === 'imports' ? `  ${lastLine}` : ''
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(10)} ${seconds.toFixed(1).padStart(5)} s${remark}`)
  if (!ok) console.log(output.replaceAll(/^/gm, '      '))
}

/** Runs what is ready, at most `width` at a time. */
async function runAll(chosen: readonly Step[], width: number): Promise<readonly Outcome[]> {
  const waiting = [...chosen]
  const unfinished = new Set(chosen.map(({ name }) => name))
  const running = new Set<Promise<void>>()
  const outcomes: Outcome[] = []
  while (unfinished.size > 0) {
    const next = waiting.findIndex(({ after = [] }) => after.every((name) => !unfinished.has(name)))
    if (next < 0 || running.size >= width) {
      await Promise.race(running)
      continue
    }
    for (const step of waiting.splice(next, 1)) {
      const task = run(step).then((outcome) => {
        report(step, outcome)
        outcomes.push(outcome)
        unfinished.delete(step.name)
        running.delete(task)
      })
      running.add(task)
    }
  }
  return outcomes
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name))
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}; there are ${steps.map(({ name }) => name).join(', ')}.`)
  process.exit(2)
}
const started = performance.now()
const outcomes = await runAll(
  steps.filter(({ name }) => wanted.length === 0 || wanted.includes(name)),
  Math.max(2, Math.min(4, availableParallelism())),
)
const failed = outcomes.filter(({ ok }) => !ok).length
console.log(
  `${outcomes.length - failed} of ${outcomes.length} checks passed in ${((performance.now() - started) / 1000).toFixed(1)} s`,
)
process.exitCode = failed === 0 ? 0 : 1
