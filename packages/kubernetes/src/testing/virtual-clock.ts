import type { Clock } from '@failover-ip/provider'

interface Sleeper {
  readonly due: number
  readonly order: number
  readonly wake: () => void
}

/** Time for tests: it moves only in `advance`, and between two wake-ups everything that can run has run. */
export interface VirtualClock extends Clock {
  /** Lets the given milliseconds pass, waking sleepers in order. */
  advance(milliseconds: number): Promise<void>
  /** Lets everything run that needs no time to pass. */
  settle(): Promise<void>
  /** Advances in small steps until the condition holds; throws after `limit` virtual milliseconds. */
  until(condition: () => boolean, limit?: number): Promise<void>
  /** Moves the wall clock alone, as NTP or a human does. */
  jump(milliseconds: number): void
  /** A second clock in the same time: `rate` of 1.4 runs 1.4 times as fast. */
  skewed(rate: number): Clock
}

const start = Date.parse('2026-11-21T00:00:00Z')

export function createVirtualClock(): VirtualClock {
  let time = 0
  let wallOffset = 0
  let order = 0
  const sleepers = new Set<Sleeper>()

  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) await new Promise((resolve) => setImmediate(resolve))
  }
  const nextSleeper = (): Sleeper | undefined => {
    let first: Sleeper | undefined
    for (const sleeper of sleepers) {
      const earlier = first === undefined || sleeper.due < first.due
      if (earlier || (sleeper.due === first?.due && sleeper.order < first.order)) first = sleeper
    }
    return first
  }
  const advance = async (milliseconds: number): Promise<void> => {
    const end = time + milliseconds
    await settle()
    for (let next = nextSleeper(); next !== undefined && next.due <= end; next = nextSleeper()) {
      sleepers.delete(next)
      time = Math.max(time, next.due)
      next.wake()
      await settle()
    }
    time = end
  }
  const sleep = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const onAbort = (): void => {
        sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }
      const sleeper: Sleeper = { due: time + Math.max(0, milliseconds), order: order++, wake }
      sleepers.add(sleeper)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  const skewed = (rate: number): Clock => ({
    now: () => start + wallOffset + time * rate,
    monotonic: () => time * rate,
    sleep: (milliseconds, options) => sleep(milliseconds / rate, options?.signal),
  })

  return {
    ...skewed(1),
    advance,
    settle,
    skewed,
    until: async (condition, limit = 600_000) => {
      const end = time + limit
      await settle()
      while (!condition()) {
        if (time >= end) throw new Error(`the condition did not come true within ${limit} virtual ms`)
        const due = nextSleeper()?.due ?? end
        await advance(Math.min(Math.max(due - time, 0), end - time))
      }
    },
    jump: (milliseconds) => {
      wallOffset += milliseconds
    },
  }
}
