import {
  createStatusWriter,
  failoverIPResource,
  isApiError,
  setCondition,
  type KubernetesClient,
  type KubernetesObject,
} from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { failoverIPRecordOf, type UnreadableFailoverIP } from '../caches/failover-ip-record.ts'

/** Says in the Ready condition of a FailoverIP that its status is not understood, and leaves all else as it is. */
export interface InvalidStatusWriter {
  /** Writes what is not shown yet, and gives what failed. */
  write(unreadable: readonly UnreadableFailoverIP[], signal: AbortSignal): Promise<readonly unknown[]>
}

export function createInvalidStatusWriter(client: KubernetesClient, clock: Clock): InvalidStatusWriter {
  const writer = createStatusWriter({ client })
  /** By uid: what the API server does not take, so that it is not asked at each change. */
  const refused = new Map<string, string>()

  const writeOne = async ({ identity }: UnreadableFailoverIP, signal: AbortSignal): Promise<void> => {
    const object = await client.get(failoverIPResource, identity, { signal })
    const record = failoverIPRecordOf(object)
    if (record.kind === 'readable' || !isToBeSaid(record)) return
    const { name, namespace, uid, resourceVersion, generation } = record.identity
    const { reason, message } = record
    const update = { type: 'Ready', status: 'False', reason, message, observedGeneration: generation } as const
    const status = rawStatusOf(object)
    const conditions = setCondition(record.conditions ?? [], update, clock.now())
    const target = { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, status }
    await writer.write(failoverIPResource, target, { ...status, conditions }, { signal })
  }

  return {
    write: async (unreadable, signal) => {
      const failures: unknown[] = []
      for (const record of unreadable) {
        const { uid } = record.identity
        if (!isToBeSaid(record) || refused.get(uid) === record.message) continue
        try {
          await writeOne(record, signal)
        } catch (error) {
          if (isApiError(error, 'Invalid')) refused.set(uid, record.message)
          else if (!isApiError(error, 'NotFound')) failures.push(error)
        }
      }
      const uids = new Set(unreadable.map(({ identity }) => identity.uid))
      for (const uid of refused.keys()) if (!uids.has(uid)) refused.delete(uid)
      return failures
    },
  }
}

/** The engine says it of an object whose status can be read. */
function isToBeSaid({ reason, message, status, conditions, identity }: UnreadableFailoverIP): boolean {
  if (status !== undefined || conditions === undefined) return false
  const ready = conditions.find(({ type }) => type === 'Ready')
  return ready?.reason !== reason || ready.message !== message || ready.observedGeneration !== identity.generation
}

function rawStatusOf(object: KubernetesObject): object {
  const status = object['status']
  return typeof status === 'object' && status !== null ? status : {}
}
