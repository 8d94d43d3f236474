import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '@failover-ip/provider'

/** The time of this machine. */
export function machineClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: async (milliseconds, { signal } = {}) => {
      try {
        await wait(milliseconds, undefined, signal === undefined ? {} : { signal })
      } catch (error) {
        throw signal?.aborted === true ? signal.reason : error
      }
    },
  }
}
