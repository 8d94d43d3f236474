import type { Clock } from '@failover-ip/provider'
import type { CloudWindow } from './cloud-model.ts'

/** What an account's limits say to a change: its sliding windows, and the cool-down of the unit. */
export interface Limits {
  admit(unit: string, options?: { readonly countRefused?: boolean }): { readonly retryAfterSeconds: number } | null
  setWindows(windows: readonly CloudWindow[]): void
  setCoolDown(seconds: number): void
}

interface Asked {
  readonly at: number
  readonly unit: string
}

/** Requests that are kept; far more than any window admits. */
const mostAsked = 10_000

export function createLimits(clock: Clock, given: readonly CloudWindow[], coolDown: number): Limits {
  let windows = given
  let coolDownSeconds = coolDown
  let asked: readonly Asked[] = []

  const waits = (unit: string, now: number): readonly number[] => [
    ...windows.map(({ changes, seconds }) => waitOf(asked, { changes, seconds }, now)),
    waitOf(
      asked.filter((one) => one.unit === unit),
      { changes: 1, seconds: coolDownSeconds },
      now,
    ),
  ]

  return {
    admit: (unit, { countRefused = false } = {}) => {
      const at = clock.monotonic()
      const wait = Math.max(0, ...waits(unit, at))
      if (wait === 0 || countRefused) asked = [...asked, { at, unit }].slice(-mostAsked)
      return wait === 0 ? null : { retryAfterSeconds: wait / 1000 }
    },
    setWindows: (next) => {
      windows = next
    },
    setCoolDown: (seconds) => {
      coolDownSeconds = seconds
    },
  }
}

/** Milliseconds until the window has room again: until all but `changes - 1` of what it counts has left it. */
function waitOf(asked: readonly Asked[], { changes, seconds }: CloudWindow, now: number): number {
  const inside = asked.filter(({ at }) => at + seconds * 1000 > now)
  const leaves = inside.at(-changes)
  return leaves === undefined ? 0 : leaves.at + seconds * 1000 - now
}
