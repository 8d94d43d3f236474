import type { Clock } from '@failover-ip/provider'
import { createBoundedMap } from './bounded-map.ts'

/** So many events at once about one object, and one more after each `refill` milliseconds. */
const burst = 25
const refill = 10_000
const objects = 2000

/** One object that changes all the time must not flood the API server, nor keep others from being heard. */
export interface EventBudget {
  /** Takes one from the object's budget; false when it is used up. */
  take(object: string): boolean
}

export function createEventBudget(clock: Clock): EventBudget {
  const budgets = createBoundedMap<{ readonly left: number; readonly at: number }>(objects)
  return {
    take: (object) => {
      const now = clock.monotonic()
      const known = budgets.get(object)
      const left = known === undefined ? burst : Math.min(burst, known.left + (now - known.at) / refill)
      const granted = left >= 1
      budgets.set(object, { left: granted ? left - 1 : left, at: now })
      return granted
    },
  }
}
