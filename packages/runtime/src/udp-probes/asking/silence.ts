import type { Clock } from '@failover-ip/provider'

export interface SilenceOptions {
  readonly clock: Clock
  /** Resolves when packets that have arrived before were handed over. */
  readonly drained: () => Promise<void>
  readonly signal: AbortSignal
}

/** `heldUp`: nothing was heard, by a process that could not listen in time; another probe has to tell. */
export type Outcome = 'heard' | 'silent' | 'heldUp'

/** A timer may be late by so many milliseconds before we count as having been held up. */
const mostLate = 100
/** How often in a row we may be held up before what is missing is missing all the same. */
export const mostHeldUp = 3

/**
 * Waits for an answer for `patience` milliseconds. What has arrived in the meantime is read before anybody is called
 * silent: a process that was held up finds its timers due before its packets. Rejects with the signal's reason.
 */
export async function waitOut(
  patience: number,
  isHeard: () => boolean,
  { clock, drained, signal }: SilenceOptions,
): Promise<Outcome> {
  const until = clock.monotonic() + patience
  await clock.sleep(patience, { signal })
  const late = clock.monotonic() - until
  if (!isHeard()) await drained()
  if (isHeard()) return 'heard'
  return late > mostLate ? 'heldUp' : 'silent'
}
