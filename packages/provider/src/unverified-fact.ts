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
  /** Who had the unit at first: the identifier of a server, or `null`. */
  readonly origin: string | null
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

/** The verdict on a fact that each of these occasions shows; without one it was not seen. */
export function judgeEach<Occasion>(
  occasions: readonly Occasion[],
  holds: (occasion: Occasion) => boolean,
): ReturnType<UnverifiedFact['judge']> {
  if (occasions.length === 0) return 'not seen'
  return occasions.every(holds) ? 'holds' : 'fails'
}
