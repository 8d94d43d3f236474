import type { Clock } from '@failover-ip/provider'
import { createTokenBucket, type Rate, type TokenBucket } from './token-bucket.ts'

export interface AdmissionOptions {
  readonly clock: Clock
  /** Requests of one source that is known. Default: 2000 a second, twice as many at once. */
  readonly source?: Rate
  /** Requests of all sources together that are not known. Default: 1000 a second, and as many at once. */
  readonly strangers?: Rate
  /** How many sources are known. */
  readonly mostSources?: number
}

/**
 * Who may cost us the check of a signature. A source that has sent a good request has a limit of its own; all others
 * share one, so that a flood from invented addresses uses up the share of strangers and silences nobody who is heard.
 */
export interface Admission {
  admits(source: string): boolean
  /** The source has sent a request that was authentic and fresh. */
  welcome(source: string): void
}

/**
 * Room for a leader that asks the witness of 1000 holders (500 questions a second) and probes it, twice over. For
 * strangers: some 2 % of a core at 15 microseconds for a signature.
 */
const defaultRates = {
  source: { perSecond: 2000, burst: 4000 },
  strangers: { perSecond: 1000, burst: 1000 },
} as const

export function createAdmission(options: AdmissionOptions): Admission {
  const { clock, source: sourceRate = defaultRates.source, mostSources = 1024 } = options
  const strangers = createTokenBucket(options.strangers ?? defaultRates.strangers, clock.monotonic())
  /** Whoever was welcomed longest ago comes first. */
  const known = new Map<string, TokenBucket>()
  return {
    admits: (source) => (known.get(source) ?? strangers)(clock.monotonic()),
    welcome: (source) => {
      const bucket = known.get(source) ?? createTokenBucket(sourceRate, clock.monotonic())
      known.delete(source)
      known.set(source, bucket)
      if (known.size <= mostSources) return
      const [oldest = source] = known.keys()
      known.delete(oldest)
    },
  }
}
