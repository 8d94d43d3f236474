import type { Clock } from '@failover-ip/provider'

/** Something that is due at a time, which may be brought forward and never put off. */
export interface Alarm {
  /** Monotonic milliseconds. */
  due(at: number): void
  /** Resolves when it is due; from then on nothing is. Rejects with the signal's reason. */
  wait(options: { readonly signal: AbortSignal }): Promise<void>
}

export function createAlarm(clock: Clock): Alarm {
  let at = Number.POSITIVE_INFINITY
  let broughtForward = new AbortController()
  return {
    due: (time) => {
      if (time >= at) return
      at = time
      broughtForward.abort()
    },
    wait: async ({ signal }) => {
      for (let left = at - clock.monotonic(); left > 0; left = at - clock.monotonic()) {
        broughtForward = new AbortController()
        const either = AbortSignal.any([signal, broughtForward.signal])
        await clock.sleep(left, { signal: either }).catch((error: unknown) => {
          if (signal.aborted || !either.aborted) throw error
        })
      }
      signal.throwIfAborted()
      at = Number.POSITIVE_INFINITY
    },
  }
}
