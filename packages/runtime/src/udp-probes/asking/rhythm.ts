import type { SilenceOptions } from './silence.ts'
import { staysSilent } from './silence.ts'

/** What became of a probe so far. `unsent`: this machine could not even try, which says nothing about the other. */
export interface SentProbe {
  readonly sentAt: number
  state: 'open' | 'heard' | 'unsent'
}

export interface RhythmOptions extends SilenceOptions {
  /** Milliseconds between two probes. */
  readonly interval: number
  /** Milliseconds after which an answer is missing; not more than the interval. */
  readonly patience: number
  /** Local monotonic milliseconds. */
  readonly firstAt: number
  readonly send: () => SentProbe
  readonly onSilence: (probe: SentProbe) => void
}

/** Probes in a rhythm that does not drift, and tells of each probe without an answer, until its signal is aborted. */
export async function keepRhythm(options: RhythmOptions): Promise<void> {
  const { clock, signal, interval, patience, send, onSilence } = options
  for (let due = options.firstAt; ;) {
    const rest = due - clock.monotonic()
    if (rest > 0) await clock.sleep(rest, { signal })
    const probe = send()
    const isSilent = await staysSilent(patience, () => probe.state !== 'open', options)
    signal.throwIfAborted()
    if (isSilent) onSilence(probe)
    // Probes that we were too late for are left out.
    due = Math.max(due + interval, clock.monotonic())
  }
}
