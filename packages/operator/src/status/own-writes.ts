import {
  compareResourceVersions,
  createResourceVersionGate,
  objectKey,
  type CacheEntry,
  type KubernetesObject,
  type Reflector,
} from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

/** The cache as if it knew our own writes at once: what was written is never followed by an older state. */
export interface OwnWrites<T> {
  wrote(object: KubernetesObject): void
  /** The newest known state of each object. */
  newest(): readonly CacheEntry<T>[]
  close(): void
}

/** Versions that cannot be compared are waited for at most so long. */
const patience = 5000

export function createOwnWrites<T>(
  reflector: Reflector<T>,
  clock: Clock,
  select: (object: KubernetesObject) => T,
): OwnWrites<T> {
  const gate = createResourceVersionGate(reflector, clock)
  const writes = new Map<string, { readonly entry: CacheEntry<T>; readonly at: number }>()

  const newestOf = (cached: CacheEntry<T>): CacheEntry<T> => {
    const write = writes.get(cached.key)
    if (write === undefined || write.entry.uid !== cached.uid) return cached
    const comparable = compareResourceVersions(cached.resourceVersion, write.entry.resourceVersion) !== undefined
    const waited = clock.monotonic() - write.at
    if (!gate.isCurrent(cached.key) && (comparable || waited < patience)) return write.entry
    writes.delete(cached.key)
    return cached
  }

  return {
    wrote: (object) => {
      gate.wrote(object)
      const key = objectKey(object.metadata)
      const { uid, resourceVersion } = object.metadata
      writes.set(key, { entry: { key, uid, resourceVersion, value: select(object) }, at: clock.monotonic() })
    },
    newest: () => {
      for (const key of writes.keys()) {
        if (reflector.cache.get(key) !== undefined) continue
        writes.delete(key)
        gate.forget(key)
      }
      return [...reflector.cache.entries()].map(newestOf)
    },
    close: () => gate.close(),
  }
}
