import type { Clock } from '@failover-ip/provider'
import type { KubernetesObject } from '../client/kubernetes-object.ts'
import { objectKey } from '../client/kubernetes-object.ts'
import type { Reflector } from './reflector.ts'
import { compareResourceVersions } from './resource-version.ts'

/**
 * Read your own writes: until the cache has passed the version that we wrote, what it says of that object is the
 * past, and acting on it would repeat or undo our own step.
 */
export interface ResourceVersionGate {
  /** Remember what a write returned. */
  wrote(object: KubernetesObject): void
  /** The cache knows our last write of this object, or something newer. */
  isCurrent(key: string): boolean
  /**
   * Resolves true when `isCurrent`, or false after `milliseconds`: then something is wrong with the cache, and a live
   * read has to do. Rejects with the signal's reason.
   */
  whenCurrent(key: string, milliseconds: number, signal: AbortSignal): Promise<boolean>
  close(): void
}

interface Write {
  readonly resourceVersion: string
  /** Monotonic time at which the answer was there. */
  readonly at: number
  /** The cache had the object then, so that its absence means that it is gone, and not that it is still to come. */
  readonly known: boolean
}

/** Entries are dropped when the cache has passed them; so there are never more than objects being written. */
export function createResourceVersionGate<T>(reflector: Reflector<T>, clock: Clock): ResourceVersionGate {
  const writes = new Map<string, Write>()
  const waiting = new Set<() => void>()

  const isCurrent = (key: string): boolean => {
    const write = writes.get(key)
    if (write === undefined) return true
    if (!hasPassed(reflector, key, write)) return false
    writes.delete(key)
    return true
  }
  const stop = reflector.subscribe((changes) => {
    for (const { key } of changes) isCurrent(key)
    for (const wake of waiting) wake()
  })

  return {
    wrote: (object) => {
      const key = objectKey(object.metadata)
      const { resourceVersion } = object.metadata
      writes.set(key, { resourceVersion, at: clock.monotonic(), known: reflector.cache.get(key) !== undefined })
    },
    isCurrent,
    whenCurrent: async (key, milliseconds, signal) => {
      const end = clock.monotonic() + milliseconds
      while (!isCurrent(key)) {
        const rest = end - clock.monotonic()
        if (rest <= 0) return false
        await changeOrTimeout(waiting, clock, rest, signal)
      }
      return true
    },
    close: () => {
      stop()
      writes.clear()
    },
  }
}

function hasPassed<T>(reflector: Reflector<T>, key: string, write: Write): boolean {
  const { listedAt } = reflector.state
  // A list begun after the write contains it, whatever its version says (the server's data may have been restored).
  if (listedAt !== undefined && listedAt > write.at) return true
  const entry = reflector.cache.get(key)
  if (entry === undefined) return write.known
  const order = compareResourceVersions(entry.resourceVersion, write.resourceVersion)
  return order === undefined ? entry.resourceVersion === write.resourceVersion : order >= 0
}

async function changeOrTimeout(
  waiting: Set<() => void>,
  clock: Clock,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  const changed = new AbortController()
  const wake = (): void => changed.abort()
  waiting.add(wake)
  try {
    await clock.sleep(milliseconds, { signal: AbortSignal.any([signal, changed.signal]) })
  } catch {
    signal.throwIfAborted()
  } finally {
    waiting.delete(wake)
  }
}
