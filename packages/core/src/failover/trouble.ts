import type { Clock } from '@failover-ip/provider'

/** Something failed and is tried again: the store did not take a state, say. The addresses are looked after all the same. */
export interface Trouble {
  /** Unix milliseconds. */
  readonly at: number
  readonly type: 'Warning'
  readonly reason: 'Trouble'
  /** What was thrown, for example a `StateFileError`. */
  readonly error: unknown
  /** One line for people. */
  readonly summary: string
}

/** Milliseconds in which the same is not told again. */
const silence = 60_000
/** Sentences remembered; of more than that the oldest is forgotten. */
const remembered = 64

/** Makes events of what was thrown; what fails again and again is told once a minute. */
export function createTroubleTeller(clock: Clock, tell: (trouble: Trouble) => void): (error: unknown) => void {
  const toldAt = new Map<string, number>()
  return (error) => {
    const summary = error instanceof Error ? error.message : `something that is no error was thrown (${typeof error})`
    const last = toldAt.get(summary)
    const now = clock.monotonic()
    if (last !== undefined && now - last < silence) return
    toldAt.delete(summary)
    toldAt.set(summary, now)
    const [oldest] = toldAt.keys()
    if (toldAt.size > remembered && oldest !== undefined) toldAt.delete(oldest)
    tell({ at: clock.now(), type: 'Warning', reason: 'Trouble', error, summary })
  }
}
