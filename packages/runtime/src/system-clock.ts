import type { Clock } from '@failover-ip/provider'

/** Timers of Node.js take 31 bits of milliseconds; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1

/**
 * The time of this machine. A sleep may be of any length, for ever and less than nothing too; one
 * cut short leaves no timer behind.
 */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (milliseconds, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason)
          return
        }
        const abort = (): void => {
          clearTimeout(timer)
          reject(signal?.reason)
        }
        const wait = (left: number): NodeJS.Timeout =>
          setTimeout(
            () => {
              if (left > longestTimer) {
                timer = wait(left - longestTimer)
                return
              }
              signal?.removeEventListener('abort', abort)
              resolve()
            },
            Math.min(left, longestTimer),
          )
        let timer = wait(Math.max(0, milliseconds))
        signal?.addEventListener('abort', abort, { once: true })
      }),
  }
}
