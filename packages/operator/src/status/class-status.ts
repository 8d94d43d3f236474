import type { StoreResult } from '@failover-ip/core'
import {
  createStatusWriter,
  failoverIPClassResource,
  isApiError,
  parseFailoverIPClassStatus,
  type FailoverIPClassStatus,
  type KubernetesClient,
} from '@failover-ip/kubernetes'

/** Changes the status of classes, one change of a class at a time. */
export interface ClassStatus {
  /** Reads the class, applies the change and writes it, again when somebody else was faster. */
  change(
    target: { readonly name: string; readonly uid: string },
    change: (status: FailoverIPClassStatus) => FailoverIPClassStatus,
    options: { readonly signal: AbortSignal },
  ): Promise<StoreResult>
}

const attempts = 4
/** Milliseconds: an operation is noted before it is sent. */
const readDeadline = 1000

export function createClassStatus(client: KubernetesClient): ClassStatus {
  const writer = createStatusWriter({ client })
  const queues = new Map<string, Promise<unknown>>()

  const attempt: ClassStatus['change'] = async ({ name, uid }, change, { signal }) => {
    const object = await client
      .get(failoverIPClassResource, { name }, { signal, deadline: readDeadline })
      .catch((error: unknown) => {
        if (isApiError(error, 'NotFound')) return undefined
        throw error
      })
    if (object === undefined || object.metadata.uid !== uid) return 'gone'
    const status = parseFailoverIPClassStatus(object)
    // What is not understood is not written over.
    if (status === undefined) return 'conflict'
    const { resourceVersion } = object.metadata
    const target = { name, uid, resourceVersion, status }
    const outcome = await writer.write(failoverIPClassResource, target, change(status), { signal })
    return outcome.result === 'unchanged' ? 'written' : outcome.result
  }
  const persist: ClassStatus['change'] = async (target, change, options) => {
    for (let left = attempts; left > 1; left--) {
      const result = await attempt(target, change, options)
      if (result !== 'conflict') return result
    }
    return attempt(target, change, options)
  }

  return {
    change: (target, change, options) => {
      const before = queues.get(target.uid) ?? Promise.resolve()
      const mine = before.then(() => persist(target, change, options))
      const settled = mine.then(
        () => undefined,
        () => undefined,
      )
      queues.set(target.uid, settled)
      void settled.then(() => {
        if (queues.get(target.uid) === settled) queues.delete(target.uid)
      })
      return mine
    },
  }
}
