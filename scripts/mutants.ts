/**
 * `npm run mutants [-- PART-OF-A-NAME ...]`: whether the tests find the faults they claim to find. Each patch of
 * `mutants/` is applied to a copy of the sources, and the test named in its head must fail there, though it passes
 * without the patch. The repository itself is never changed. Then come the mistakes of an author that are planted into a
 * provider (`npm run mutants -- provider` for these alone): the conformance suite must find each.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './command.ts'
import { copySources } from './mutant-copy.ts'
import { root } from './repository-files.ts'
import { parseTestReport, type TestReport, type TestRun } from './test-report.ts'

export interface Mutant {
  /** The patch's file in `mutants/`. */
  readonly name: string
  /** Part of the title of the tests that must fail. */
  readonly expect: string
  /** The test files to run. */
  readonly run: readonly string[]
}

export type Verdict = { readonly found: true; readonly by: string } | { readonly found: false; readonly why: string }

const workers = 2
/** A fault that makes a test wait for ever is found, and need not be waited for as long as a busy machine is. */
const soon = ['--testTimeout=20000'] as const
/** Random tests try the same cases each time, or a fault that one run finds would survive another. */
const environment = { FAST_CHECK_SEED: '1' } as const

export function parseMutant(patch: string, name: string): Mutant {
  const field = (key: string): readonly string[] =>
    [...patch.matchAll(new RegExp(`^# ${key}: *(\\S.*?) *$`, 'gm'))].flatMap(([, value]) => value ?? [])
  const [expect, ...others] = field('expect')
  const run = field('run')
  if (expect === undefined || others.length > 0 || run.length === 0) {
    throw new Error(`${name}: its head needs one line '# expect: TITLE' and one or more '# run: FILE'`)
  }
  return { name, expect, run }
}

export function readMutants(base: string): readonly Mutant[] {
  return readdirSync(join(base, 'mutants'))
    .filter((file) => file.endsWith('.patch'))
    .toSorted()
    .map((file) => parseMutant(readFileSync(join(base, 'mutants', file), 'utf8'), file))
}

const named = (tests: readonly TestRun[], { expect }: Mutant): readonly TestRun[] =>
  tests.filter(({ title, status }) => title.includes(expect) && status !== 'skipped')

/** Whether the tests that the mutant names exist and pass in unchanged sources. */
export function judgeUnchanged(mutant: Mutant, report: TestReport): Verdict | undefined {
  const tests = named(report.tests, mutant).filter(({ file }) => mutant.run.includes(file))
  const failing = tests.find(({ status }) => status === 'failed')
  if (failing !== undefined) return { found: false, why: `fails without the patch too: ${failing.title}` }
  return tests.length === 0
    ? { found: false, why: `no test of ${mutant.run.join(', ')} has '${mutant.expect}' in its title` }
    : undefined
}

/** A file that no longer loads proves nothing about its tests, so only a failed test finds the fault. */
export function judgeMutant(mutant: Mutant, report: TestReport): Verdict {
  const failing = named(report.tests, mutant).find(({ status }) => status === 'failed')
  if (failing !== undefined) return { found: true, by: failing.title }
  return report.brokenFiles.length > 0
    ? { found: false, why: `breaks the test file instead of a test: ${report.brokenFiles.join(', ')}` }
    : { found: false, why: 'survives: every named test passes' }
}

interface RunOptions {
  /** Part of the title of those to run. */
  readonly title?: string
  readonly output?: string
  /** How many files run side by side. */
  readonly atOnce?: number
}

async function runTests(
  copy: string,
  files: readonly string[],
  { title, output = join(copy, 'report.json'), atOnce = 1 }: RunOptions = {},
): Promise<TestReport> {
  rmSync(output, { force: true })
  const pattern =
    title === undefined ? [] : ['--testNamePattern', title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)]
  const result = await runCommand(
    [
      'vitest',
      'run',
      ...files,
      ...pattern,
      '--reporter=json',
      `--outputFile.json=${output}`,
      `--maxWorkers=${atOnce}`,
      ...soon,
    ],
    { cwd: copy, timeout: 10 * 60_000, environment },
  )
  try {
    return parseTestReport('test', readFileSync(output, 'utf8'), copy)
  } catch (error) {
    throw new Error(`vitest left no report:\n${result.output}`, { cause: error })
  }
}

async function tryMutant(mutant: Mutant, copy: string): Promise<Verdict> {
  const apply = async (...flags: readonly string[]): Promise<string | undefined> => {
    const { ok, output } = await runCommand(['git', 'apply', ...flags, join('mutants', mutant.name)], {
      cwd: copy,
      timeout: 30_000,
    })
    return ok ? undefined : output
  }
  const refusal = await apply()
  if (refusal !== undefined) return { found: false, why: `does not apply: ${refusal}` }
  const verdict = await runTests(copy, mutant.run, { title: mutant.expect }).then(
    (report) => judgeMutant(mutant, report),
    (error: unknown): Verdict => ({ found: false, why: String(error) }),
  )
  const stuck = await apply('--reverse')
  if (stuck !== undefined) throw new Error(`${mutant.name} cannot be taken back: ${stuck}`)
  return verdict
}

/** Judges every mutant of `base` and says how it went as soon as it is known. */
export async function judgeMutants(
  base: string,
  mutants: readonly Mutant[],
  report: (mutant: Mutant, verdict: Verdict) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const copies = Array.from({ length: workers }, (_, index) => join(folder, `copy-${index + 1}`))
    for (const copy of copies) copySources(base, copy)
    const [first = folder] = copies
    const unchanged = await runTests(first, [...new Set(mutants.flatMap(({ run }) => run))], {
      atOnce: workers,
    })
    const waiting = [...mutants]
    const work = async (copy: string): Promise<void> => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        report(mutant, judgeUnchanged(mutant, unchanged) ?? (await tryMutant(mutant, copy)))
      }
    }
    await Promise.all(copies.map(work))
  } finally {
    process.off('exit', remove)
    remove()
  }
}

const plantedBugs = 'packages/provider-testkit/src/conformance/planted-bugs.test.ts'

/** The tests of the planted mistakes of providers: one for each, named by it, which passes when the suite has found it. */
async function judgePlantedBugs(base: string): Promise<readonly TestRun[]> {
  const folder = mkdtempSync(join(tmpdir(), 'planted-bugs-'))
  try {
    return (await runTests(base, [plantedBugs], { output: join(folder, 'report.json') })).tests
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const wanted = process.argv.slice(2)
  const withProviders = wanted.length === 0 || wanted.includes('provider')
  const mutants = readMutants(root).filter(
    ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
  )
  if (mutants.length === 0 && !withProviders) {
    console.error(`No planted fault has ${wanted.join(' or ')} in its name; mutants/ has them all.`)
    process.exit(2)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const survivors: string[] = []
  if (mutants.length > 0)
    await judgeMutants(root, mutants, ({ name, expect }, verdict) => {
      if (!verdict.found) survivors.push(name)
      console.log(verdict.found ? `ok    ${name}  found by ${verdict.by}` : `FAIL  ${name}  ${expect}: ${verdict.why}`)
    })
  const bugs = withProviders ? await judgePlantedBugs(root) : []
  for (const { title, status } of bugs) {
    if (status !== 'passed') survivors.push(title)
    console.log(`${status === 'passed' ? 'ok   ' : 'FAIL '} ${title}`)
  }
  const planted = mutants.length + bugs.length
  console.log(`${planted - survivors.length} of ${planted} planted faults found`)
  // A report without the tests of the providers would prove nothing of them.
  process.exitCode = survivors.length === 0 && (bugs.length > 0 || !withProviders) ? 0 : 1
}
