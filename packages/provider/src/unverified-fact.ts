/** One request of a trial run at a real cloud, and its answer. Credentials are taken out of both. */
export interface TrialExchange {
  readonly method: string
  /** Path with query. */
  readonly path: string
  readonly requestBody: string
  /** `null`: there was no answer. */
  readonly status: number | null
  readonly body: string
}

/** One change of a trial run, in seconds since it was asked for. */
export interface TrialMove {
  /** Identifiers of servers; `null`: nobody. */
  readonly from: string | null
  readonly to: string | null
  /** Until the cloud had accepted it, until it called it done, and until a read showed it. */
  readonly acceptedSeconds: number
  readonly doneSeconds: number
  readonly confirmedSeconds: number
}

export interface TrialRecord {
  readonly exchanges: readonly TrialExchange[]
  readonly moves: readonly TrialMove[]
}

/**
 * Something that a provider assumes of its cloud and that nobody has verified. A provider's package exports its list as
 * `unverifiedFacts`; a trial run at the real cloud says which of them hold.
 */
export interface UnverifiedFact {
  /** One sentence. */
  readonly claim: string
  /** What a trial run has shown. Most runs do not meet every fact. */
  readonly judge: (record: TrialRecord) => 'holds' | 'fails' | 'not seen'
}
