/** Sums the reports named (`totals.ts test e2e`) and prints `N passed, N failed, N skipped`; 1 unless all passed. */
import { readTestReport, type Suite } from './test-report.ts'

const suites = process.argv.slice(2).filter((name): name is Suite => name === 'test' || name === 'e2e')
const reports = suites.map((suite) => readTestReport(suite))
const tests = reports.flatMap((report) => report?.tests ?? [])
const missing = reports.filter((report) => report === undefined).length
const broken = reports.flatMap((report) => report?.brokenFiles ?? []).length
const count = (status: string): number => tests.filter((test) => test.status === status).length
// A report that is missing, and a file that did not even run, are failures too.
const failed = count('failed') + missing + broken
console.log(`${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped`)
process.exitCode = suites.length > 0 && failed === 0 && count('skipped') === 0 && count('passed') > 0 ? 0 : 1
