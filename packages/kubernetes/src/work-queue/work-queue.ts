import type { Clock } from '@failover-ip/provider'
import { createDelayedKeys } from './delayed-keys.ts'
import { createReadyKeys, moreUrgent, type Priority } from './ready-keys.ts'

/**
 * Keys of objects that need a look. A key is in it at most once and with at most one worker at a time; one that is
 * added while a worker has it comes again after that.
 */
export interface WorkQueue {
  /** Keys that wait for a worker now. */
  readonly ready: number
  /** Keys that become ready later. */
  readonly delayed: number
  /** False when the queue is full or closed: the key was not taken, and only a later resync will bring it back. */
  add(key: string, priority?: Priority): boolean
  /** Adds the key after the given milliseconds. Of several times the earliest counts. */
  addAfter(key: string, milliseconds: number, priority?: Priority): boolean
  /** Adds the key after a delay that doubles with each call since the last `forget`. */
  retry(key: string, priority?: Priority): boolean
  /** The key went well: its next `retry` is quick again. */
  forget(key: string): void
  /** The most urgent key, as soon as there is one; undefined once the queue is closed. Give it back with `done`. */
  take(): Promise<string | undefined>
  done(key: string): void
  /** Drops what waits and lets the workers end. */
  close(): void
}

export interface WorkQueueOptions {
  readonly clock: Clock
  /** Distinct keys that may wait. Default 200 000. */
  readonly capacity?: number
  /** Milliseconds: the first delay of `retry` (default 5) and the longest (default 1 000 000). */
  readonly retry?: { readonly initial: number; readonly limit: number }
}

const defaultCapacity = 200_000
/** As client-go's per-item limiter. */
const defaultRetry = { initial: 5, limit: 1_000_000 }

/**
 * @example
 * const queue = createWorkQueue({ clock })
 * queue.add('ingress/web', 'failover')
 * const key = await queue.take()
 */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const capacity = options.capacity ?? defaultCapacity
  const { initial, limit } = options.retry ?? defaultRetry
  const ready = createReadyKeys()
  const processing = new Set<string>()
  /** Added while with a worker. */
  const again = new Map<string, Priority>()
  const failures = new Map<string, number>()
  const waiters: ((key: string | undefined) => void)[] = []
  let closed = false

  const hasRoom = (): boolean => !closed && ready.size + delayed.size + again.size < capacity
  const add = (key: string, priority: Priority): boolean => {
    if (closed || !(ready.has(key) || again.has(key) || hasRoom())) return false
    if (processing.has(key)) again.set(key, moreUrgent(again.get(key) ?? priority, priority))
    else ready.add(key, priority)
    dispatch()
    return true
  }
  const addAfter = (key: string, milliseconds: number, priority: Priority): boolean => {
    if (milliseconds <= 0) return add(key, priority)
    if (closed || !(delayed.has(key) || hasRoom())) return false
    delayed.add(key, milliseconds, priority)
    return true
  }
  const dispatch = (): void => {
    while (waiters.length > 0 && ready.size > 0) {
      const key = ready.take()
      if (key !== undefined) processing.add(key)
      waiters.shift()?.(key)
    }
  }
  const delayed = createDelayedKeys(options.clock, add)

  return {
    get ready() {
      return ready.size
    },
    get delayed() {
      return delayed.size
    },
    add: (key, priority = 'normal') => add(key, priority),
    addAfter: (key, milliseconds, priority = 'normal') => addAfter(key, milliseconds, priority),
    retry: (key, priority = 'normal') => {
      const count = failures.get(key) ?? 0
      const taken = addAfter(key, Math.min(limit, initial * 2 ** count), priority)
      if (taken) failures.set(key, count + 1)
      return taken
    },
    forget: (key) => {
      failures.delete(key)
    },
    take: () =>
      new Promise((resolve) => {
        if (closed) return resolve(undefined)
        waiters.push(resolve)
        dispatch()
      }),
    done: (key) => {
      processing.delete(key)
      const priority = again.get(key)
      again.delete(key)
      if (priority !== undefined) add(key, priority)
    },
    close: () => {
      closed = true
      ready.clear()
      delayed.clear()
      again.clear()
      failures.clear()
      for (const wake of waiters.splice(0)) wake(undefined)
    },
  }
}
