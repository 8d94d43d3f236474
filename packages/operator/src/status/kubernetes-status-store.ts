import { isDeepStrictEqual } from 'node:util'
import type { FailoverIPStatus, StatusStore, StoreResult, StoreTarget } from '@failover-ip/core'
import {
  compareResourceVersions,
  createStatusWriter,
  failoverIPResource,
  finalizer,
  isApiError,
  type CacheEntry,
  type KubernetesClient,
  type KubernetesObject,
  type ResourceIdentity,
} from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { failoverIPRecordOf, identityOf, type FailoverIPRecord } from '../caches/failover-ip-record.ts'
import { createForeignStatusWrites } from './foreign-status-writes.ts'
import { StatusPrunedError } from './status-pruned-error.ts'

type Entry = CacheEntry<FailoverIPRecord>

/** The status of FailoverIPs as one term of leadership writes it. */
export interface KubernetesStatusStore extends Required<StatusStore> {
  /** Call it in the same tick as `Engine.update`: writes are compared with what the engine was given. */
  given(entries: readonly Entry[]): void
}

export interface KubernetesStatusStoreOptions {
  readonly client: KubernetesClient
  readonly onWritten: (object: KubernetesObject) => void
  readonly noteOperation: Required<StatusStore>['noteOperation']
  readonly onTrouble: (error: unknown) => void
  readonly clock: Pick<Clock, 'monotonic'>
  /** Somebody else keeps writing the status of this object. */
  readonly onForeignWriter: (identity: ResourceIdentity) => void
  /** Asks for new input after so many milliseconds. */
  readonly lookAgain: (milliseconds: number) => void
}

/** Milliseconds after which it is asked again: the definitions may have been renewed, which changes no object. */
const prunedRest = 300_000

export function createKubernetesStatusStore(options: KubernetesStatusStoreOptions): KubernetesStatusStore {
  const { client, clock, onWritten, noteOperation, onTrouble } = options
  const foreignWrites = createForeignStatusWrites(clock)
  const writer = createStatusWriter({ client })
  /** By uid: what the engine was last given, or wrote. */
  const bases = new Map<string, Entry>()
  /** By uid: what an API server has made less of, whose definitions are older than this operator. To ask again at once would change nothing. */
  const pruned = new Map<string, { readonly resourceVersion: string; readonly status: unknown; readonly at: number }>()
  const notePruned = ({ metadata: { uid, resourceVersion }, status }: KubernetesObject, wanted: unknown): void => {
    if (isDeepStrictEqual(status, wanted)) return
    pruned.set(uid, { resourceVersion, status: wanted, at: clock.monotonic() })
    onTrouble(new StatusPrunedError())
  }

  const wrote = (object: KubernetesObject): StoreResult => {
    onWritten(object)
    const { uid, resourceVersion } = object.metadata
    const known = bases.get(uid)
    const order = known === undefined ? undefined : compareResourceVersions(resourceVersion, known.resourceVersion)
    // The watch may have been faster than the answer, and the engine may know something newer already.
    if (known !== undefined && (order === undefined || order > 0)) {
      bases.set(uid, { key: known.key, uid, resourceVersion, value: failoverIPRecordOf(object) })
    }
    foreignWrites.own(uid, plain(statusOf(failoverIPRecordOf(object))))
    return 'written'
  }
  const setFinalizers = async (
    { uid, key, resourceVersion, value }: Entry,
    finalizers: readonly string[],
    signal: AbortSignal,
  ): Promise<StoreResult> => {
    const [namespace = '', name = ''] = key.split('/')
    // A list is replaced as a whole; the version makes that safe against others' finalizers.
    const body = { metadata: { uid, resourceVersion, finalizers } }
    if (sameList(value.finalizers, finalizers)) return 'written'
    try {
      return wrote(await client.patch(failoverIPResource, { namespace, name }, { type: 'merge', body }, { signal }))
    } catch (error) {
      if (isApiError(error, 'NotFound')) return 'gone'
      if (isApiError(error, 'Conflict')) return 'conflict'
      throw error
    }
  }
  /** Whether what differs can wait while somebody else keeps writing it over: never an address's holder, or what is done about it. */
  const mustRest = ({ uid, value }: Entry, status: FailoverIPStatus): boolean => {
    const { milliseconds, isNew, isNews } = foreignWrites.restBefore(uid, plain(statusOf(value)))
    if (isNews) options.onForeignWriter(identityOf(value))
    if (milliseconds === 0 || !isDeepStrictEqual(recordsOf(statusOf(value)), recordsOf(status))) return false
    if (isNew) options.lookAgain(milliseconds)
    return true
  }
  const withBase = async ({ uid }: StoreTarget, act: (base: Entry) => Promise<StoreResult>): Promise<StoreResult> => {
    const base = bases.get(uid)
    return base === undefined ? 'gone' : act(base)
  }

  return {
    given: (entries) => {
      bases.clear()
      for (const entry of entries) bases.set(entry.uid, entry)
      for (const uid of pruned.keys()) if (!bases.has(uid)) pruned.delete(uid)
      foreignWrites.keepOnly(bases)
    },
    save: (target, status, { signal }) =>
      withBase(target, async (base) => {
        const { name, namespace, uid } = { ...identityOf(base.value), uid: base.uid }
        const { resourceVersion } = base
        const stored = statusOf(base.value)
        const where = { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, status: stored }
        const wanted = plain(status)
        const asked = pruned.get(uid)
        const isRecent = asked !== undefined && clock.monotonic() < asked.at + prunedRest
        const isAsked = isRecent && asked.resourceVersion === resourceVersion
        if (isAsked && isDeepStrictEqual(asked.status, wanted)) return 'written'
        if (mustRest(base, status)) return 'resting'
        foreignWrites.own(uid, wanted)
        const outcome = await writer.write(failoverIPResource, where, status, { signal })
        if (outcome.result === 'written') {
          notePruned(outcome.object, wanted)
          return wrote(outcome.object)
        }
        return outcome.result === 'unchanged' ? 'written' : outcome.result
      }),
    protect: (target, { signal }) =>
      withBase(target, (base) => {
        const others = base.value.finalizers.filter((each) => each !== finalizer)
        return setFinalizers(base, [...others, finalizer], signal)
      }),
    unprotect: (target, { signal }) =>
      withBase(target, (base) => {
        const others = base.value.finalizers.filter((each) => each !== finalizer)
        return setFinalizers(base, others, signal)
      }),
    noteOperation,
  }
}

function statusOf(record: FailoverIPRecord): FailoverIPStatus {
  return record.kind === 'readable' ? record.value.status : (record.status ?? {})
}

/** Who holds each address, what is being done about it, and whether nodes are told to carry it: without a plan they let go of it. */
function recordsOf({ addresses = [] }: FailoverIPStatus): unknown {
  return plain(addresses.map(({ nodePlan, ...record }) => ({ ...record, isPublished: nodePlan !== undefined })))
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each))
}

/** As JSON has it: absent and undefined are the same. */
function plain(status: unknown): unknown {
  return JSON.parse(JSON.stringify(status))
}
