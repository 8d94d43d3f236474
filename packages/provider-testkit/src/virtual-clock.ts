import type { Clock } from '@failover-ip/provider'

export interface VirtualClockOptions {
  /** Wall time at the start, in milliseconds since the Unix epoch. Default: 2026-01-01T00:00:00Z. */
  readonly start?: number
  /** How many sleepers one call may wake before it is taken for a loop without end. Default: 1,000,000. */
  readonly wakeLimit?: number
}

/** A clock that stands still until a test moves it. Nothing but `advance` and `advanceUntil` lets time pass. */
export interface VirtualClock extends Clock {
  /** How many sleeps are under way. 0 after a clean shut-down. */
  readonly sleepers: number
  /** Lets time pass, waking sleepers in the order of their times and letting each run as far as it can before the next. */
  advance(milliseconds: number): Promise<void>
  /**
   * Lets as much time pass as is needed for the promise to settle or the predicate to hold, and gives the promise's
   * value. Rejects when that does not happen within `withinMilliseconds` (default: a day) or when nobody sleeps any more.
   */
  advanceUntil<Value>(promise: Promise<Value>, options?: AdvanceUntilOptions): Promise<Value>
  advanceUntil(predicate: () => boolean, options?: AdvanceUntilOptions): Promise<void>
  /** Moves the wall clock alone, as an administrator or NTP does; waits are not touched. */
  jumpWall(milliseconds: number): void
}

export interface AdvanceUntilOptions {
  readonly withinMilliseconds?: number
}

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

const dayMilliseconds = 86_400_000
/** Turns of the event loop without any sleeper after which `advanceUntil` gives up. */
const idleTurns = 50

/**
 * @example
 * const clock = createVirtualClock()
 * const slept = clock.sleep(5_000)
 * await clock.advance(5_000)
 * await slept
 */
export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  const wakeLimit = options.wakeLimit ?? 1_000_000
  let wallStart = options.start ?? Date.UTC(2026, 0, 1)
  let time = 0
  const sleepers: Sleeper[] = []

  const insert = (sleeper: Sleeper): void => {
    const later = sleepers.findIndex(({ at }) => at > sleeper.at)
    if (later === -1) sleepers.push(sleeper)
    else sleepers.splice(later, 0, sleeper)
  }
  const remove = (sleeper: Sleeper): void => {
    const index = sleepers.indexOf(sleeper)
    if (index !== -1) sleepers.splice(index, 1)
  }

  const sleep: Clock['sleep'] = (milliseconds, { signal } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const onAbort = (): void => {
        remove(sleeper)
        reject(signal?.reason)
      }
      const sleeper: Sleeper = {
        at: time + Math.max(0, milliseconds),
        wake: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      insert(sleeper)
    })

  /** Moves to the first sleeper at or before `until` and wakes it. `false` when there is none. */
  const wakeNext = async (until: number): Promise<boolean> => {
    const [next] = sleepers
    if (next === undefined || next.at > until) return false
    sleepers.shift()
    time = Math.max(time, next.at)
    next.wake()
    await turn()
    return true
  }

  const advance = async (milliseconds: number): Promise<void> => {
    const until = time + milliseconds
    await turn()
    for (let woken = 0; await wakeNext(until); woken++) {
      if (woken >= wakeLimit) throw new Error(`The virtual clock woke ${wakeLimit} sleepers at one go: a loop?`)
    }
    time = Math.max(time, until)
  }

  const advanceUntilHolds = async (holds: () => boolean, limit: number): Promise<void> => {
    const until = time + limit
    let idle = 0
    for (let woken = 0; woken < wakeLimit && idle < idleTurns;) {
      await turn()
      if (holds()) return
      if (await wakeNext(until)) {
        woken += 1
        idle = 0
      } else {
        idle += 1
      }
    }
    throw new Error(
      `The virtual clock stopped at ${time} ms and what was waited for had not happened; ` +
        `next sleeper: ${sleepers[0] === undefined ? 'none' : `${sleepers[0].at} ms`}.`,
    )
  }

  async function advanceUntil<Value>(
    awaited: Promise<Value> | (() => boolean),
    { withinMilliseconds = dayMilliseconds }: AdvanceUntilOptions = {},
  ): Promise<Value | void> {
    if (typeof awaited === 'function') return advanceUntilHolds(awaited, withinMilliseconds)
    let settled = false
    const settle = (): void => {
      settled = true
    }
    awaited.then(settle, settle)
    await advanceUntilHolds(() => settled, withinMilliseconds)
    return awaited
  }

  return {
    get sleepers() {
      return sleepers.length
    },
    now: () => wallStart + time,
    monotonic: () => time,
    sleep,
    advance,
    advanceUntil,
    jumpWall: (milliseconds) => {
      wallStart += milliseconds
    },
  }
}

/** One turn of the event loop: everything that can run without time passing has run when it is over. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
