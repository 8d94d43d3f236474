import { ApiError } from '@failover-ip/kubernetes'
import type { KubernetesClient, KubernetesObject, ObjectDraft } from '@failover-ip/kubernetes'
import type { Effects } from '../machine/effects.ts'
import type { Process } from '../machine/process.ts'

/** The one Lease that the replicas contend for. */
export interface StoredLease {
  current: KubernetesObject | undefined
  version: number
}

export interface LeaseClientOptions {
  readonly process: Process
  readonly effects: Effects
  readonly lease: StoredLease
  readonly reachable: () => boolean
  readonly latency: number
}

type LeaseCalls = Pick<KubernetesClient, 'get' | 'create' | 'update'>

/** As much of a Kubernetes client as leader election needs, over one Lease in memory. */
export function createLeaseClient({
  process,
  effects,
  lease,
  reachable,
  latency,
}: LeaseClientOptions): KubernetesClient {
  const call = (label: string, changes: boolean, signal: AbortSignal, act: () => KubernetesObject) =>
    effects.perform({
      process,
      signal,
      latency,
      reachable,
      system: 'kubernetes',
      label: `${label} Lease`,
      changes,
      failure: (kind) => new Error(`the API server gave no answer (${kind})`),
      act,
    })
  const store = (draft: ObjectDraft): KubernetesObject => {
    lease.version += 1
    const { name = 'lease', namespace = 'default' } = draft.metadata
    const metadata = { name, namespace, uid: 'uid-lease', resourceVersion: String(lease.version) }
    const stored: KubernetesObject = { ...draft, metadata }
    lease.current = stored
    return stored
  }
  const calls: LeaseCalls = {
    get: (_type, _name, { signal }) =>
      call('read', false, signal, () => {
        if (lease.current === undefined) throw refusal(404, 'NotFound')
        return lease.current
      }),
    create: (_type, draft, { signal }) =>
      call('create', true, signal, () => {
        if (lease.current !== undefined) throw refusal(409, 'AlreadyExists')
        return store(draft)
      }),
    update: (_type, object, { signal }) =>
      call('renew', true, signal, () => {
        if (lease.current === undefined) throw refusal(404, 'NotFound')
        if (object.metadata.resourceVersion !== lease.current.metadata.resourceVersion) throw refusal(409, 'Conflict')
        return store(object)
      }),
  }
  const unused = (): Promise<never> => Promise.reject(new Error('leader election needs no such call'))
  return { ...calls, list: unused, updateStatus: unused, patch: unused, delete: unused }
}

function refusal(code: number, reason: string): ApiError {
  return new ApiError(`the Lease: ${reason}`, { code, reason })
}
