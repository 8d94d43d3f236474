export { check } from './check.ts'
export type { CheckPorts, CheckRequest } from './check.ts'
export { renderReport } from './report/render-report.ts'
export type { CheckReport, Finding, Section, Subject, Verdict } from './report/finding.ts'
