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
} from '@failover-ip/kubernetes'
import { failoverIPRecordOf, identityOf, type FailoverIPRecord } from '../caches/failover-ip-record.ts'

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
}

export function createKubernetesStatusStore(options: KubernetesStatusStoreOptions): KubernetesStatusStore {
  const { client, onWritten, noteOperation } = options
  const writer = createStatusWriter({ client })
  /** By uid: what the engine was last given, or wrote. */
  const bases = new Map<string, Entry>()

  const wrote = (object: KubernetesObject): StoreResult => {
    onWritten(object)
    const { uid, resourceVersion } = object.metadata
    const known = bases.get(uid)
    const order = known === undefined ? undefined : compareResourceVersions(resourceVersion, known.resourceVersion)
    // The watch may have been faster than the answer, and the engine may know something newer already.
    if (known !== undefined && (order === undefined || order > 0)) {
      bases.set(uid, { key: known.key, uid, resourceVersion, value: failoverIPRecordOf(object) })
    }
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
  const withBase = async ({ uid }: StoreTarget, act: (base: Entry) => Promise<StoreResult>): Promise<StoreResult> => {
    const base = bases.get(uid)
    return base === undefined ? 'gone' : act(base)
  }

  return {
    given: (entries) => {
      bases.clear()
      for (const entry of entries) bases.set(entry.uid, entry)
    },
    save: (target, status, { signal }) =>
      withBase(target, async (base) => {
        const { name, namespace, uid } = { ...identityOf(base.value), uid: base.uid }
        const { resourceVersion } = base
        const stored = statusOf(base.value)
        const where = { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, status: stored }
        const outcome = await writer.write(failoverIPResource, where, status, { signal })
        if (outcome.result === 'written') return wrote(outcome.object)
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

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each))
}
