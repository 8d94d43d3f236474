/**
 * - `ok`: as it should be. - `warn`: it works, with something to know. - `FAIL`: traffic is or will be at risk until somebody acts.
 * - `skip`: it could not be looked at; the message says why.
 */
export type Verdict = 'ok' | 'warn' | 'FAIL' | 'skip'

/** What was looked at. Scripts may rely on these names. */
export type Subject =
  | 'operator'
  | 'class'
  | 'credentials'
  | 'rights'
  | 'address'
  | 'nodes'
  | 'agents'
  | 'probe path'
  | 'service'
  | 'ready'
  | 'configured'

/** One line of the report. */
export interface Finding {
  readonly subject: Subject
  readonly verdict: Verdict
  /** What was seen, and of anything but `ok` what to do about it. Holds no secret. */
  readonly message: string
}

/** What was found about one class, or about one FailoverIP or address. */
export interface Section {
  readonly about: { readonly kind: 'FailoverIPClass' | 'FailoverIP' | 'address' | 'cluster'; readonly name: string }
  readonly findings: readonly Finding[]
}

export interface CheckReport {
  /** Nothing fails. */
  readonly ok: boolean
  readonly sections: readonly Section[]
}

export function reportOf(sections: readonly Section[]): CheckReport {
  const ok = sections.every(({ findings }) => findings.every(({ verdict }) => verdict !== 'FAIL'))
  return { ok, sections }
}
