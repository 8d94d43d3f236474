import type { Clock } from '@failover-ip/provider'

/** A bell: rung as often as anything changes, heard once. */
export interface Wakeup {
  ring(): void
  /** Resolves when it was rung since the last wait, or at the local monotonic moment. */
  wait(until: number | undefined): Promise<void>
}

/** A reason of its own spares the making of an error with its stack, turn by turn. */
const rungBefore = 'the bell was rung before'

export function createWakeup(clock: Clock): Wakeup {
  let rung = false
  let hear: (() => void) | undefined
  return {
    ring: () => {
      rung = true
      hear?.()
    },
    wait: async (until) => {
      if (!rung && !(until !== undefined && until <= clock.monotonic())) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = new AbortController()
        hear = resolve
        if (until !== undefined) {
          clock.sleep(until - clock.monotonic(), { signal: timer.signal }).then(resolve, () => undefined)
        }
        await promise
        timer.abort(rungBefore)
        hear = undefined
      }
      rung = false
    },
  }
}
