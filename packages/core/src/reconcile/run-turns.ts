import type { Clock } from '@failover-ip/provider'
import { attempt } from '../domain/isolate.ts'
import { backOff } from './back-off.ts'
import { defaults } from './defaults.ts'
import type { Wakeup } from './wakeup.ts'

export interface TurnsOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly wakeup: Wakeup
  readonly stop: AbortSignal
  /** Returns the local monotonic moment at which to look again; `undefined`: only when something is new. */
  readonly turn: (draining: boolean) => number | undefined
  /** Whether it is worth going on for a while after the stop. */
  readonly mayDrain: () => boolean
  readonly onTrouble: (error: unknown) => void
}

/**
 * Milliseconds between two turns: news gathers, so that many writes that end together are looked at once. A turn that
 * took long is followed by as long a pause, up to the most: others need the processor.
 */
const leastPause = 5
const mostPause = 200

/**
 * One turn after the other, when something is new or a moment has come, until the stop; then as long as own changes
 * settle, up to a deadline. A turn that throws is told and tried again, less and less often.
 */
export async function runTurns(options: TurnsOptions): Promise<void> {
  const { clock, random, wakeup, stop, turn, mayDrain, onTrouble } = options
  const onStop = (): void => wakeup.ring()
  stop.addEventListener('abort', onStop, { once: true })
  let failures = 0
  const breathe = async (milliseconds: number): Promise<void> => {
    await clock.sleep(milliseconds, { signal: stop }).catch(() => undefined)
  }
  const take = async (): Promise<void> => {
    const began = clock.monotonic()
    const taken = attempt(() => turn(false))
    if (!taken.ok) {
      failures += 1
      onTrouble(taken.error)
      await breathe(Math.min(backOff(failures, random), defaults.mostTurnBackOff))
      return
    }
    failures = 0
    const lasted = clock.monotonic() - began
    await breathe(Math.min(Math.max(lasted, leastPause), mostPause))
    await wakeup.wait(taken.value)
  }
  const drain = async (): Promise<void> => {
    const end = clock.monotonic() + defaults.drainDeadline
    while (mayDrain() && clock.monotonic() < end) {
      const taken = attempt(() => turn(true))
      if (!taken.ok) onTrouble(taken.error)
      const again = taken.ok ? (taken.value ?? end) : end
      await wakeup.wait(Math.min(end, again, clock.monotonic() + defaults.confirmInterval))
      await clock.sleep(leastPause)
    }
  }
  try {
    while (!stop.aborted) await take()
    await drain()
  } finally {
    stop.removeEventListener('abort', onStop)
  }
}
