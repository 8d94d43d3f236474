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
  /** The cache knows our last write of this object, or something newer. Versions that cannot be compared may never. */
  isCurrent(key: string): boolean
  /** The write does not matter any more. */
  forget(key: string): void
  close(): void
}

interface Write {
  readonly resourceVersion: string
  /** Monotonic time at which the answer was there. */
  readonly at: number
  /** The cache had the object then, so that its absence means that it is gone, and not that it is still to come. */
  readonly known: boolean
}

/** An entry is dropped when the cache has passed it; that of an object whose deletion was seen first, by `forget`. */
export function createResourceVersionGate<T>(reflector: Reflector<T>, clock: Clock): ResourceVersionGate {
  const writes = new Map<string, Write>()

  const isCurrent = (key: string): boolean => {
    const write = writes.get(key)
    if (write === undefined) return true
    if (!hasPassed(reflector, key, write)) return false
    writes.delete(key)
    return true
  }
  const stop = reflector.subscribe((changes) => {
    for (const { key } of changes) isCurrent(key)
  })

  return {
    wrote: (object) => {
      const key = objectKey(object.metadata)
      const { resourceVersion } = object.metadata
      writes.set(key, { resourceVersion, at: clock.monotonic(), known: reflector.cache.get(key) !== undefined })
    },
    isCurrent,
    forget: (key) => {
      writes.delete(key)
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
