import type { CheckReport, Finding, Section } from './finding.ts'

/** The report for a terminal: a line for each finding; who it is about is said where that is not clear. */
export function renderReport({ sections }: CheckReport): string {
  const filled = sections.filter(({ findings }) => findings.length > 0)
  const clear = new Set(filled.map(({ about }) => about.kind)).size === filled.length && filled.length <= 2
  return filled.map((section) => (clear ? '' : titleOf(section)) + section.findings.map(lineOf).join('')).join('')
}

function titleOf({ about }: Section): string {
  return about.kind === 'address' ? `${about.name}\n` : `${about.kind} ${about.name}\n`
}

function lineOf({ subject, verdict, message }: Finding): string {
  return `${subject.padEnd(11)}  ${verdict.padEnd(4)}  ${singleLine(message)}\n`
}

/** What others have said, a cloud or a status, may hold anything. */
function singleLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
}
