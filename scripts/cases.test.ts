import { expect, test } from 'vitest'
import { casesOf, claimsOf, judge, unclaimed } from './cases.ts'
import { parseTestReport, type TestRun } from './test-report.ts'

const page = `
| Case | What must hold | Shown in |
| --- | --- | --- |
| A11 | A restart moves nothing | test |
| A30 | Power loss moves the address | test, e2e |
`
const claims = claimsOf(page)
const run = (title: string, change: Partial<TestRun> = {}): TestRun => ({
  suite: 'test',
  ground: 'unit',
  file: 'a.test.ts',
  title,
  status: 'passed',
  message: '',
  ...change,
})
const faultsOf = (tests: readonly TestRun[], name: string, suites: readonly ('test' | 'e2e')[] = ['test', 'e2e']) =>
  judge(claims, tests, suites).find(({ claim }) => claim.case === name)?.faults

test('reads the claims of the page', () => {
  expect(claims).toEqual([
    { case: 'A11', sentence: 'A restart moves nothing', suites: ['test'] },
    { case: 'A30', sentence: 'Power loss moves the address', suites: ['test', 'e2e'] },
  ])
})

test('reads the cases of a title', () => {
  expect(casesOf('moves [A1] once [A30, A31]')).toEqual(['A1', 'A30', 'A31'])
  expect(casesOf('A30 without brackets')).toEqual([])
})

test('accepts a case with a passing test in each run it asks for', () => {
  expect(faultsOf([run('x [A30]'), run('y [A30]', { suite: 'e2e' })], 'A30')).toEqual([])
})

test('refuses a case without a test, or only with one from the other run', () => {
  expect(faultsOf([], 'A11')).toHaveLength(1)
  expect(faultsOf([run('x [A30]')], 'A30')).toEqual(['no test of it passed in npm run e2e'])
  expect(faultsOf([run('x [A30]')], 'A30', ['test'])).toEqual([])
})

test.each(['failed', 'skipped'] as const)('refuses a case with a %s test beside a passing one', (status) => {
  expect(faultsOf([run('x [A11]'), run('y [A11]', { status })], 'A11')).toEqual([`${status}: y [A11]`])
})

test('names the cases that only a test claims', () => {
  expect(unclaimed(claims, [run('x [A11]'), run('y [A99]')])).toEqual(['A99'])
})

test('takes every status of a report that is no pass for a failure or a skip', () => {
  const assertionResults = ['passed', 'failed', 'pending', 'todo', 'odd'].map((status) => ({
    fullName: status,
    status,
    failureMessages: status === 'failed' ? ['Error: expected 1\n    at a.ts:1'] : [],
  }))
  const json = JSON.stringify({
    startTime: 0,
    testResults: [
      { name: '/r/e2e/api/a.ts', status: 'failed', assertionResults },
      { name: '/r/broken.test.ts', status: 'failed', assertionResults: [] },
    ],
  })
  const report = parseTestReport('e2e', json, '/r')
  expect(report.tests.map(({ status }) => status)).toEqual(['passed', 'failed', 'skipped', 'skipped', 'failed'])
  expect(report.tests[0]).toMatchObject({ ground: 'api', file: 'e2e/api/a.ts', message: '' })
  expect(report.tests[1]).toMatchObject({ message: 'Error: expected 1' })
  expect(report.brokenFiles).toEqual(['broken.test.ts'])
})
