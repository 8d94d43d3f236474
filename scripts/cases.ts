/**
 * `npm run cases [-- --only test]`: every acceptance case that docs/testing.md claims, with its tests, where they ran
 * last and how they ended. Fails on a claim without a passing test in a suite that must show it, on one with a failed
 * or skipped test, and on a test of a case that is not claimed.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repository-files.ts'
import { readTestReport, type Suite, type TestReport, type TestRun } from './test-report.ts'

export interface Claim {
  readonly case: string
  readonly sentence: string
  readonly suites: readonly Suite[]
}

export interface Judgement {
  readonly claim: Claim
  readonly tests: readonly TestRun[]
  readonly faults: readonly string[]
}

/** Rows `| A11 | What must hold | test, e2e |`. */
export function claimsOf(markdown: string): readonly Claim[] {
  return [...markdown.matchAll(/^\| *(A\d+) *\| *(.+?) *\| *((?:test|e2e)(?:, *(?:test|e2e))*) *\|$/gm)].map(
    ([, name = '', sentence = '', suites = '']) => ({
      case: name,
      sentence,
      suites: suites.split(/, */).filter((suite): suite is Suite => suite === 'test' || suite === 'e2e'),
    }),
  )
}

/** `[A40]`, `[A40, A42]` or `[A40] [A42]`, in the test's title or in a group's around it. */
export function casesOf(title: string): readonly string[] {
  return [...title.matchAll(/\[(A\d+(?:, *A\d+)*)\]/g)].flatMap(([, names = '']) => names.split(/, */))
}

export function judge(
  claims: readonly Claim[],
  tests: readonly TestRun[],
  suites: readonly Suite[],
): readonly Judgement[] {
  return claims.map((claim) => {
    const own = tests.filter(({ title }) => casesOf(title).includes(claim.case))
    const faults = [
      ...claim.suites
        .filter((suite) => suites.includes(suite))
        .filter((suite) => !own.some((test) => test.suite === suite && test.status === 'passed'))
        .map((suite) => `no test of it passed in ${suite === 'test' ? 'npm test' : 'npm run e2e'}`),
      ...own.filter(({ status }) => status !== 'passed').map(({ status, title }) => `${status}: ${title}`),
    ]
    return { claim, tests: own, faults }
  })
}

/** Cases that a test names and the page does not. */
export function unclaimed(claims: readonly Claim[], tests: readonly TestRun[]): readonly string[] {
  const claimed = new Set(claims.map((claim) => claim.case))
  return [...new Set(tests.flatMap(({ title }) => casesOf(title)))].filter((name) => !claimed.has(name)).toSorted()
}

function print({ claim, tests, faults }: Judgement): void {
  const grounds = [...new Set(tests.map(({ ground }) => ground))].map(
    (ground) => `${ground} ${tests.filter((test) => test.ground === ground).length}`,
  )
  console.log(
    `${faults.length === 0 ? 'ok  ' : 'FAIL'}  ${claim.case.padEnd(4)} ${claim.sentence}  (${grounds.join(', ')})`,
  )
  for (const { ground, file, title } of tests) console.log(`            ${ground.padEnd(10)} ${file}  ${title}`)
  for (const fault of faults) console.log(`      !!    ${fault}`)
}

function main(argv: readonly string[]): number {
  const only = argv[0] === '--only' ? argv[1] : undefined
  if (argv.length > 0 && only !== 'test' && only !== 'e2e') {
    console.error('Usage: npm run cases [-- --only test|e2e]')
    return 2
  }
  const suites: readonly Suite[] = only === 'test' || only === 'e2e' ? [only] : ['test', 'e2e']
  const reports = suites.map((suite): readonly [Suite, TestReport | undefined] => [suite, readTestReport(suite)])
  const claims = claimsOf(readFileSync(join(root, 'docs', 'testing.md'), 'utf8'))
  const tests = reports.flatMap(([, report]) => report?.tests ?? [])
  const judgements = judge(claims, tests, suites)
  judgements.forEach(print)

  const faults = [
    ...(claims.length === 0 ? ['docs/testing.md claims no case'] : []),
    ...reports.flatMap(([suite, report]) =>
      report === undefined ? [`no report reports/${suite}.json: run it first`] : [],
    ),
    ...reports.flatMap(([, report]) =>
      (report?.brokenFiles ?? []).map((file) => `${file} failed outside of its tests`),
    ),
    ...unclaimed(claims, tests).map((name) => `a test names ${name}, which docs/testing.md does not claim`),
  ]
  for (const fault of faults) console.log(`FAIL  ${fault}`)
  for (const [suite, report] of reports) if (report) console.log(`${suite} ran at ${report.startedAt.toISOString()}`)
  const bad = judgements.filter((judgement) => judgement.faults.length > 0).length
  console.log(`${judgements.length - bad} of ${judgements.length} claimed cases hold`)
  return bad + faults.length === 0 ? 0 : 1
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
