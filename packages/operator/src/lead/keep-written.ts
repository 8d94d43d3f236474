import type { Clock } from '@failover-ip/provider'
import type { ChangeSignal } from '../caches/change-signal.ts'

export interface Keeping {
  readonly changed: ChangeSignal
  readonly clock: Clock
  /** Writes what differs and gives what failed. */
  readonly write: (signal: AbortSignal) => Promise<readonly unknown[]>
  readonly onTrouble: (error: unknown) => void
}

/** Milliseconds after a write that failed. */
const retryInterval = 5000

/** Writes after each change, and again after failures, until the signal is aborted. Never rejects. */
export async function keepWritten({ changed, clock, write, onTrouble }: Keeping, signal: AbortSignal): Promise<void> {
  changed.notify()
  try {
    while (!signal.aborted) {
      await changed.wait(signal)
      const failures = await write(signal)
      for (const failure of failures) onTrouble(failure)
      if (failures.length > 0) {
        await clock.sleep(retryInterval, { signal })
        changed.notify()
      }
    }
  } catch (error) {
    if (!signal.aborted) onTrouble(error)
  }
}
