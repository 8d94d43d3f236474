import { isDeepStrictEqual } from 'node:util'
import { objectKey, type KubernetesObject } from '../client/kubernetes-object.ts'
import { compareResourceVersions } from './resource-version.ts'

/** What is kept of one object: its identity and the projection. */
export interface CacheEntry<T> {
  readonly key: string
  readonly uid: string
  readonly resourceVersion: string
  readonly value: T
}

/**
 * One key whose object is no longer what it was. An object replaced by another of the same name comes as two changes:
 * `current` absent, then `previous` absent.
 */
export interface CacheChange<T> {
  readonly key: string
  readonly previous: CacheEntry<T> | undefined
  readonly current: CacheEntry<T> | undefined
}

/** The last known state of a collection. Read it, do not remember it. */
export interface ObjectCache<T> {
  readonly size: number
  get(key: string): CacheEntry<T> | undefined
  entries(): Iterable<CacheEntry<T>>
}

export interface WritableObjectCache<T> extends ObjectCache<T> {
  /** Takes over an object from a watch; an older or equal version of the same object changes nothing. */
  set(entry: CacheEntry<T>): CacheChange<T>[]
  /** Forgets an object that a watch reports as deleted, unless a newer one of the name is known. */
  remove(object: KubernetesObject): CacheChange<T>[]
  /** Makes the contents equal to a whole list. */
  replace(entries: ReadonlyMap<string, CacheEntry<T>>): CacheChange<T>[]
}

export function createObjectCache<T>(): WritableObjectCache<T> {
  const known = new Map<string, CacheEntry<T>>()
  const put = (entry: CacheEntry<T>): CacheChange<T>[] => {
    const previous = known.get(entry.key)
    known.set(entry.key, entry)
    return replacement(previous, entry)
  }
  const drop = (previous: CacheEntry<T>): CacheChange<T>[] => {
    known.delete(previous.key)
    return [{ key: previous.key, previous, current: undefined }]
  }
  return {
    get size() {
      return known.size
    },
    get: (key) => known.get(key),
    entries: () => known.values(),
    set: (entry) => (isStale(known.get(entry.key), entry.resourceVersion) ? [] : put(entry)),
    remove: ({ metadata }) => {
      const previous = known.get(objectKey(metadata))
      if (previous === undefined) return []
      const other = previous.uid !== metadata.uid
      const order = compareResourceVersions(metadata.resourceVersion, previous.resourceVersion)
      return other || (order !== undefined && order < 0) ? [] : drop(previous)
    },
    replace: (entries) => {
      const gone = [...known.values()].filter(({ key }) => !entries.has(key))
      const different = [...entries.values()].filter((entry) => !isSame(known.get(entry.key), entry))
      return [...gone.flatMap(drop), ...different.flatMap(put)]
    },
  }
}

function replacement<T>(previous: CacheEntry<T> | undefined, current: CacheEntry<T>): CacheChange<T>[] {
  const { key } = current
  if (previous === undefined || previous.uid === current.uid) return [{ key, previous, current }]
  return [
    { key, previous, current: undefined },
    { key, previous: undefined, current },
  ]
}

/** The version alone does not tell: restored data may come to the same version with other contents. */
function isSame<T>(known: CacheEntry<T> | undefined, entry: CacheEntry<T>): boolean {
  if (known?.uid !== entry.uid || known.resourceVersion !== entry.resourceVersion) return false
  return isDeepStrictEqual(known.value, entry.value)
}

/** Versions of one collection are ordered across objects too: an older object of the name is stale as well. */
function isStale<T>(known: CacheEntry<T> | undefined, resourceVersion: string): boolean {
  if (known === undefined) return false
  if (known.resourceVersion === resourceVersion) return true
  const order = compareResourceVersions(resourceVersion, known.resourceVersion)
  return order !== undefined && order <= 0
}
