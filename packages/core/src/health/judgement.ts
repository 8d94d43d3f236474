import type { Question, Verdict, VerdictReason } from './verdict.ts'

export interface Finding {
  readonly verdict: Verdict
  readonly reason: VerdictReason
  readonly message: string
}

/** What one kind of evidence says about a node. */
export interface Judgement {
  /** `undefined`: nothing speaks against the node. */
  readonly finding?: Finding
  readonly questions?: readonly Question[]
  /** Local monotonic times at which it may change by itself; past ones do no harm. */
  readonly changesAt?: readonly (number | undefined)[]
}

const severity: Readonly<Record<Verdict, number>> = { healthy: 0, suspect: 1, leaving: 2, unfit: 3, dead: 4 }

/** The gravest finding; of equally grave ones the first. */
export function gravest(judgements: readonly Judgement[]): Finding | undefined {
  return judgements
    .map(({ finding }) => finding)
    .reduce((worst, finding) => {
      if (finding === undefined) return worst
      return worst === undefined || severity[finding.verdict] > severity[worst.verdict] ? finding : worst
    }, undefined)
}
