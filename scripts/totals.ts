/**
 * Sums the reports named (`totals.ts test e2e`): the tests that failed, then `N passed, N failed, N skipped`; 1 unless
 * all passed. Of a long run often only the end is kept, so the failed ones are named here once more, shortly.
 */
import { readTestReport, type Suite } from './test-report.ts'

const suites = process.argv.slice(2).filter((name): name is Suite => name === 'test' || name === 'e2e')
const reports = suites.map((suite) => readTestReport(suite))
const tests = reports.flatMap((report) => report?.tests ?? [])
const missing = reports.filter((report) => report === undefined).length
const broken = reports.flatMap((report) => report?.brokenFiles ?? [])
const count = (status: string): number => tests.filter((test) => test.status === status).length
// A report that is missing, and a file that did not even run, are failures too.
const failed = count('failed') + missing + broken.length
const named = [
  ...broken.map((file) => `${file} failed outside of its tests`),
  ...tests
    .filter(({ status }) => status === 'failed')
    .map(({ file, title, message }) => `${file}: ${title}: ${message}`.slice(0, 240)),
]
const shown = named.slice(0, 6)
for (const line of shown) console.log(`FAIL  ${line}`)
if (named.length > shown.length) console.log(`FAIL  and ${named.length - shown.length} more`)
console.log(`${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`)
process.exitCode = suites.length > 0 && failed === 0 && count('skipped') === 0 && count('passed') > 0 ? 0 : 1
