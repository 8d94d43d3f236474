import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { root } from './repository-files.ts'

/** Which command wrote a report. */
export type Suite = 'test' | 'e2e'

/** Where a test ran: against nothing, in virtual time, on the embedded cluster, on a real API server or real nodes. */
export type Ground = 'unit' | 'simulation' | 'embedded' | 'api' | 'cluster'

export interface TestRun {
  readonly suite: Suite
  readonly ground: Ground
  readonly file: string
  readonly title: string
  readonly status: 'passed' | 'failed' | 'skipped'
  /** The first line of what went wrong; empty for a test that passed. */
  readonly message: string
}

export interface TestReport {
  readonly startedAt: Date
  readonly tests: readonly TestRun[]
  /** Files that failed outside of their tests: at import, or in a hook. */
  readonly brokenFiles: readonly string[]
}

/** The parts of vitest's JSON report (Jest's format) that are read here. */
const reportSchema = z.object({
  startTime: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).default([]) }),
      ),
    }),
  ),
})

/** The report that `npm test` or `npm run e2e` left behind; undefined when there is none. */
export function readTestReport(suite: Suite, folder: string = join(root, 'reports')): TestReport | undefined {
  const path = join(folder, `${suite}.json`)
  return existsSync(path) ? parseTestReport(suite, readFileSync(path, 'utf8'), root) : undefined
}

export function parseTestReport(suite: Suite, json: string, base: string): TestReport {
  const { startTime, testResults } = reportSchema.parse(JSON.parse(json))
  return {
    startedAt: new Date(startTime),
    tests: testResults.flatMap(({ name, assertionResults }) => {
      const file = relative(base, name)
      return assertionResults.map(({ fullName, status, failureMessages }): TestRun => ({
        suite,
        ground: groundOf(file),
        file,
        title: fullName,
        // Jest's format has four words for a test that did not run; whatever else it may say is no pass.
        status:
          status === 'passed' ? 'passed' : /^(pending|skipped|todo|disabled)$/.test(status) ? 'skipped' : 'failed',
        message: failureMessages[0]?.split('\n', 1)[0] ?? '',
      }))
    }),
    brokenFiles: testResults
      .filter(
        ({ status, assertionResults }) =>
          status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
      )
      .map(({ name }) => relative(base, name)),
  }
}

function groundOf(file: string): Ground {
  if (file.startsWith('e2e/api/')) return 'api'
  if (file.startsWith('e2e/packages/')) return 'embedded'
  if (file.startsWith('e2e/')) return 'cluster'
  if (file.startsWith('packages/local-cluster/')) return 'embedded'
  return file.startsWith('packages/simulation/') ? 'simulation' : 'unit'
}
