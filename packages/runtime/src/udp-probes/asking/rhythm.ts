import { mostHeldUp, waitOut, type SilenceOptions } from './silence.ts'

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
  let heldUp = 0
  for (let due = options.firstAt; ;) {
    const rest = due - clock.monotonic()
    if (rest > 0) await clock.sleep(rest, { signal })
    const probe = send()
    const outcome = await waitOut(patience, () => probe.state !== 'open', options)
    signal.throwIfAborted()
    heldUp = outcome === 'heldUp' ? heldUp + 1 : 0
    if (outcome === 'silent' || heldUp > mostHeldUp) onSilence(probe)
    // Probes that we were too late for are left out, and the next one is sent at once.
    due = Math.max(due + interval, clock.monotonic())
  }
}
