import type { KubernetesObject } from '../kubernetes-object.ts'

/** One change. `previous` is what it replaced: selectors and older versions need it. */
export interface StoreEvent {
  readonly resourceVersion: number
  readonly shelf: string
  readonly key: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  /** For DELETED the last state, with the resourceVersion of the deletion. */
  readonly object: KubernetesObject
  readonly previous?: KubernetesObject
}

export interface Entry {
  readonly key: string
  readonly object: KubernetesObject
}

/**
 * All objects of all kinds under one decimal resourceVersion, and a bounded history of changes. Knows nothing of verbs,
 * schemas or HTTP. A shelf holds one kind; a key is `namespace/name` (`/name` for cluster-scoped kinds).
 */
export interface ObjectStore {
  /** The version of the last change. */
  readonly resourceVersion: number
  get(shelf: string, key: string): KubernetesObject | undefined
  /** In the order of the keys. */
  list(shelf: string): readonly Entry[]
  /** As it was at that version; `expired` when the history does not reach back so far. */
  listAt(shelf: string, resourceVersion: number): readonly Entry[] | 'expired'
  /** Stores the object under the next version and gives it back with that version. */
  put(shelf: string, key: string, object: KubernetesObject): KubernetesObject
  /** Takes the object out; gives its last state with the version of the deletion. */
  remove(shelf: string, key: string): KubernetesObject | undefined
  eventsSince(shelf: string, resourceVersion: number): readonly StoreEvent[] | 'expired'
  /** Calls the listener at every change until the returned function is called. */
  subscribe(listener: (event: StoreEvent) => void): () => void
  /** Forgets every change so far, as a compaction does. */
  expireHistory(): void
}

export interface ObjectStoreOptions {
  /** How many changes are kept for watches and pages. Default: 10,000. */
  readonly historyLimit?: number
}

export function createObjectStore({ historyLimit = 10_000 }: ObjectStoreOptions = {}): ObjectStore {
  const shelves = new Map<string, Map<string, KubernetesObject>>()
  const listeners = new Set<(event: StoreEvent) => void>()
  let history: StoreEvent[] = []
  let resourceVersion = 1
  /** The version of the last change that was forgotten. */
  let forgotten = 1

  const shelfOf = (name: string): Map<string, KubernetesObject> => {
    const existing = shelves.get(name)
    if (existing !== undefined) return existing
    const created = new Map<string, KubernetesObject>()
    shelves.set(name, created)
    return created
  }

  const record = (event: StoreEvent): void => {
    history.push(event)
    // Trimmed in strides, so that a full history does not cost a copy at every change.
    if (history.length > historyLimit * 1.25 + 1) {
      const dropped = history.splice(0, history.length - historyLimit)
      forgotten = dropped.at(-1)?.resourceVersion ?? forgotten
    }
    for (const listener of listeners) listener(event)
  }

  const changesAfter = (version: number): readonly StoreEvent[] => {
    const first = history.findIndex((event) => event.resourceVersion > version)
    return first === -1 ? [] : history.slice(first)
  }

  return {
    get resourceVersion() {
      return resourceVersion
    },
    get: (shelf, key) => shelves.get(shelf)?.get(key),
    list: (shelf) => inKeyOrder(shelves.get(shelf) ?? new Map()),
    listAt: (shelf, version) => {
      if (version < forgotten) return 'expired'
      const past = new Map(shelves.get(shelf) ?? [])
      for (const event of changesAfter(version).toReversed()) {
        if (event.shelf !== shelf) continue
        if (event.previous === undefined) past.delete(event.key)
        else past.set(event.key, event.previous)
      }
      return inKeyOrder(past)
    },
    put: (shelf, key, object) => {
      const previous = shelves.get(shelf)?.get(key)
      resourceVersion += 1
      const stored = atVersion(object, resourceVersion)
      shelfOf(shelf).set(key, stored)
      const change = { resourceVersion, shelf, key, object: stored }
      record(previous === undefined ? { ...change, type: 'ADDED' } : { ...change, type: 'MODIFIED', previous })
      return stored
    },
    remove: (shelf, key) => {
      const previous = shelves.get(shelf)?.get(key)
      if (previous === undefined) return undefined
      resourceVersion += 1
      const last = atVersion(previous, resourceVersion)
      shelfOf(shelf).delete(key)
      record({ resourceVersion, shelf, key, object: last, previous, type: 'DELETED' })
      return last
    },
    eventsSince: (shelf, version) =>
      version < forgotten ? 'expired' : changesAfter(version).filter((event) => event.shelf === shelf),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    expireHistory: () => {
      history = []
      forgotten = resourceVersion
    },
  }
}

function atVersion(object: KubernetesObject, resourceVersion: number): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(resourceVersion) } }
}

function inKeyOrder(shelf: ReadonlyMap<string, KubernetesObject>): readonly Entry[] {
  return Array.from(shelf, ([key, object]) => ({ key, object })).toSorted((a, b) => (a.key < b.key ? -1 : 1))
}
