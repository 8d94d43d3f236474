import type { Clock } from '@failover-ip/provider'

/** The time of this machine. A sleep that is cut short leaves no timer behind. */
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
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', abort)
          resolve()
        }, milliseconds)
        signal?.addEventListener('abort', abort, { once: true })
      }),
  }
}
