import type { Clock } from '@failover-ip/provider'
import { createMinHeap } from './min-heap.ts'
import { moreUrgent, type Priority } from './ready-keys.ts'

/** Keys that become ready later, each at its earliest time and with its most urgent priority. */
export interface DelayedKeys {
  readonly size: number
  has(key: string): boolean
  add(key: string, milliseconds: number, priority: Priority): void
  clear(): void
}

interface Delayed {
  readonly key: string
  readonly due: number
  readonly priority: Priority
}

export function createDelayedKeys(clock: Clock, onDue: (key: string, priority: Priority) => void): DelayedKeys {
  const byKey = new Map<string, Delayed>()
  /** May hold entries that an earlier time has replaced; they are passed over when they come up. */
  const byTime = createMinHeap<Delayed>(({ due }) => due)
  let timer = new AbortController()
  let armedFor = Number.POSITIVE_INFINITY

  const arm = (): void => {
    const next = byTime.peek()
    if (next === undefined || next.due >= armedFor) return
    timer.abort()
    timer = new AbortController()
    armedFor = next.due
    const rest = Math.max(0, next.due - clock.monotonic())
    clock.sleep(rest, { signal: timer.signal }).then(fire, () => undefined)
  }
  const fire = (): void => {
    armedFor = Number.POSITIVE_INFINITY
    for (let next = byTime.peek(); next !== undefined && next.due <= clock.monotonic(); next = byTime.peek()) {
      byTime.pop()
      if (byKey.get(next.key) !== next) continue
      byKey.delete(next.key)
      onDue(next.key, next.priority)
    }
    arm()
  }

  return {
    get size() {
      return byKey.size
    },
    has: (key) => byKey.has(key),
    add: (key, milliseconds, wanted) => {
      const present = byKey.get(key)
      const due = Math.min(clock.monotonic() + milliseconds, present?.due ?? Number.POSITIVE_INFINITY)
      const priority = present === undefined ? wanted : moreUrgent(present.priority, wanted)
      if (present?.due === due && present.priority === priority) return
      const delayed = { key, due, priority }
      byKey.set(key, delayed)
      byTime.push(delayed)
      arm()
    },
    clear: () => {
      timer.abort()
      byKey.clear()
      byTime.clear()
    },
  }
}
