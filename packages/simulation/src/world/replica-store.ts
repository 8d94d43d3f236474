import type { FailoverIPInput, StatusStore, StoreResult, StoreTarget } from '@failover-ip/core'
import type { Effects } from '../machine/effects.ts'
import type { Process } from '../machine/process.ts'
import type { StoredObjects, Versioned } from './stored-objects.ts'

/** One replica's way to the stored objects: its cache, which watch events and its own writes move on, never back. */
export interface ReplicaStore extends StatusStore {
  /** Takes in what the watch brought. */
  observe(objects: readonly Versioned[]): void
  /** What the replica believes to be stored. */
  failoverIPs(): readonly FailoverIPInput[]
}

export interface ReplicaStoreOptions {
  readonly process: Process
  readonly effects: Effects
  readonly objects: StoredObjects
  readonly reachable: () => boolean
  /** Milliseconds of one call. */
  readonly latency: number
}

export function createReplicaStore({
  process,
  effects,
  objects,
  reachable,
  latency,
}: ReplicaStoreOptions): ReplicaStore {
  let cache = new Map<string, Versioned>()

  const write = async (
    what: string,
    target: StoreTarget,
    signal: AbortSignal,
    act: (version: number | undefined) => StoreResult,
  ): Promise<StoreResult> => {
    const { key } = target
    const expected = cache.get(key)?.version
    const { result, stored } = await effects.perform({
      process,
      signal,
      latency,
      reachable,
      system: 'kubernetes',
      label: `${what} ${key}`,
      changes: true,
      failure: (kind) => new Error(`the API server gave no answer (${kind})`),
      act: () => {
        const done = act(expected)
        return { result: done, stored: done === 'written' ? objects.get(key) : undefined }
      },
    })
    if (stored !== undefined && isNewer(stored, cache.get(key))) cache.set(key, stored)
    return result
  }

  return {
    observe: (seen) => {
      cache = new Map(
        seen.map((object) => {
          const known = cache.get(object.failoverIP.key)
          const newest = known !== undefined && isNewer(known, object) ? known : object
          return [object.failoverIP.key, newest]
        }),
      )
    },
    failoverIPs: () => [...cache.values()].map(({ failoverIP }) => failoverIP),
    save: (target, status, { signal }) =>
      write('save', target, signal, (version) => objects.save(target, version, status)),
    protect: (target, { signal }) =>
      write('protect', target, signal, (version) => objects.setProtected(target, version, true)),
    unprotect: (target, { signal }) =>
      write('unprotect', target, signal, (version) => objects.setProtected(target, version, false)),
    noteOperation: (_account, change, { signal }) =>
      effects.perform({
        process,
        signal,
        latency,
        reachable,
        system: 'kubernetes',
        label: `note ${change.unit}`,
        changes: true,
        failure: (kind) => new Error(`the API server gave no answer (${kind})`),
        act: () => {
          objects.noteOperation(change)
          return 'written'
        },
      }),
  }
}

function isNewer(one: Versioned, other: Versioned | undefined): boolean {
  return other === undefined || (one.failoverIP.uid === other.failoverIP.uid && one.version > other.version)
}
