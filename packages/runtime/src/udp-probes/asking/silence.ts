import type { Clock } from '@failover-ip/provider'

export interface SilenceOptions {
  readonly clock: Clock
  /** Resolves when packets that have arrived before were handed over. */
  readonly drained: () => Promise<void>
  readonly signal: AbortSignal
}

/** A timer may be late by so many milliseconds before we count as having been held up. */
const mostLate = 25
/** How often in a row we may be held up before what is missing is missing all the same. */
const mostExtensions = 3

/**
 * Waits for `patience` milliseconds, and says whether nothing was heard. A process that was held up has packets to read
 * before it may call anybody silent, and those that it should have sent were late: it waits once more. Rejects with the
 * signal's reason.
 */
export async function staysSilent(
  patience: number,
  isHeard: () => boolean,
  { clock, drained, signal }: SilenceOptions,
): Promise<boolean> {
  for (let extensions = 0; ; extensions++) {
    const until = clock.monotonic() + patience
    await clock.sleep(patience, { signal })
    const late = clock.monotonic() - until
    if (isHeard()) return false
    await drained()
    if (isHeard()) return false
    if (late <= mostLate || extensions === mostExtensions) return true
  }
}
