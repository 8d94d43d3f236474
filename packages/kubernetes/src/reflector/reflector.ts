import type { Clock } from '@failover-ip/provider'
import { objectKey, type KubernetesObject } from '../client/kubernetes-object.ts'
import type { Selection } from '../client/list-objects.ts'
import type { ResourceType } from '../client/resource-type.ts'
import { untilAborted } from '@failover-ip/core'
import type { KubernetesTransport } from '../transport/kubernetes-transport.ts'
import { createChangeFeed, type ChangeHandler } from './change-feed.ts'
import { followCollection, type CollectionSink } from './follow-collection.ts'
import { createObjectCache, type CacheEntry, type ObjectCache } from './object-cache.ts'
import { createReflectorHealth, type ReflectorState } from './reflector-health.ts'
import type { ReflectorProblem } from './reflector-problem.ts'

export interface ReflectorOptions<T> extends Selection {
  readonly transport: KubernetesTransport
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly resource: ResourceType
  /** Takes what is needed out of an object; nothing else is kept. If it throws, the last good value stays. */
  readonly select: (object: KubernetesObject) => T
  /** Told once for each kind of trouble until it is over, and for each object or line that cannot be read. */
  readonly onProblem?: (problem: ReflectorProblem) => void
  /** Told what `onProblem` was told, once it is over or something else is the matter. */
  readonly onRecovered?: (problem: ReflectorProblem) => void
  /** Objects per page of a list. Default 500. */
  readonly pageSize?: number
  /**
   * Milliseconds of silence after which a watch is opened again on a fresh connection. Default 90 000: servers send a
   * bookmark about every minute, but only if the version has moved, so that silence alone proves nothing; opening
   * again costs two small requests and no list.
   */
  readonly readDeadline?: number
}

/** Keeps a local copy of a collection equal to the API server's, by list and watch. */
export interface Reflector<T> {
  readonly cache: ObjectCache<T>
  readonly state: ReflectorState
  /** Calls the handler after each change of the cache; level-triggered: states in between may be skipped. */
  subscribe(handler: ChangeHandler<T>): () => void
  /** Resolves once the collection has been listed. */
  whenSynced(signal: AbortSignal): Promise<void>
  /** Runs until the signal is aborted, then resolves. Never rejects. Call it once. */
  run(signal: AbortSignal): Promise<void>
}

const defaultReadDeadline = 90_000

/**
 * @example
 * const nodes = createReflector({ transport, clock, random, resource: nodeResource, select: nodeFactsOf })
 * nodes.subscribe((changes) => changes.forEach(({ key }) => queue.add(key)))
 * await nodes.run(signal)
 */
export function createReflector<T>(options: ReflectorOptions<T>): Reflector<T> {
  const { transport, clock, random, resource, select, pageSize } = options
  const health = createReflectorHealth(options)
  const feed = createChangeFeed<T>((cause) => health.handlerFailed(cause))
  const cache = createObjectCache<T>()
  const firstSync = Promise.withResolvers<void>()
  const listing = new Map<string, CacheEntry<T>>()

  const entryOf = (object: KubernetesObject): CacheEntry<T> | undefined => {
    const { uid, resourceVersion } = object.metadata
    const key = objectKey(object.metadata)
    try {
      return { key, uid, resourceVersion, value: select(object) }
    } catch (cause) {
      health.malformed(cause instanceof Error ? cause.message : String(cause), key, cause)
      const known = cache.get(key)
      return known?.uid === uid ? known : undefined
    }
  }
  const sink: CollectionSink = {
    listing: () => listing.clear(),
    listed: (object) => {
      const entry = entryOf(object)
      if (entry !== undefined) listing.set(entry.key, entry)
    },
    complete: () => {
      feed.emit(cache.replace(listing))
      listing.clear()
      firstSync.resolve()
    },
    changed: (object) => {
      const entry = entryOf(object)
      if (entry !== undefined) feed.emit(cache.set(entry))
    },
    deleted: (object) => feed.emit(cache.remove(object)),
  }
  const readDeadline = options.readDeadline ?? defaultReadDeadline
  const follow = { transport, clock, random, resource, selection: options, pageSize, readDeadline, health, sink }

  return {
    cache,
    state: health.state,
    subscribe: (handler) => feed.subscribe(handler),
    whenSynced: (signal) => untilAborted(signal, firstSync.promise),
    run: (signal) => followCollection(follow, signal),
  }
}
