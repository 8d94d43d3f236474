import { isDeepStrictEqual } from 'node:util'
import { isApiError } from '../client/api-error.ts'
import type { KubernetesClient } from '../client/kubernetes-client.ts'
import type { KubernetesObject } from '../client/kubernetes-object.ts'
import type { ResourceType } from '../client/resource-type.ts'

/** The object as it was when the new status was worked out. */
export interface StatusTarget {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly status: object
}

/**
 * - `unchanged`: nothing to write. - `written`: the object as it is now. - `conflict`: somebody has changed it since;
 * look again. - `gone`: it does not exist any more, or another of its name does.
 */
export type StatusWriteResult =
  | { readonly result: 'unchanged' }
  | { readonly result: 'written'; readonly object: KubernetesObject }
  | { readonly result: 'conflict' }
  | { readonly result: 'gone' }

export interface StatusWriter {
  /**
   * Replaces the status if it differs and if the object is still at the target's version. Rejects with `ApiError` for
   * other refusals and with `TransportError` or `DeadlineExceededError` when it is not known whether it was written:
   * then look again before anything is done that relies on it.
   */
  write(
    type: ResourceType,
    target: StatusTarget,
    status: object,
    options: { readonly signal: AbortSignal },
  ): Promise<StatusWriteResult>
}

export interface StatusWriterOptions {
  readonly client: KubernetesClient
  /** Told of each written object, e.g. the gate for own writes. */
  readonly onWritten?: (object: KubernetesObject) => void
}

/** Milliseconds: an intent waits for it. */
const liveReadDeadline = 1000

/** The one way in which a status is written: update by resourceVersion, so that a deposed leader's write fails. */
export function createStatusWriter({ client, onWritten }: StatusWriterOptions): StatusWriter {
  const written = (object: KubernetesObject): StatusWriteResult => {
    onWritten?.(object)
    return { result: 'written', object }
  }
  return {
    write: async (type, target, status, { signal }) => {
      const wanted = plain(status)
      if (isDeepStrictEqual(wanted, plain(target.status))) return { result: 'unchanged' }
      const { name, namespace, uid, resourceVersion } = target
      const metadata = { name, uid, resourceVersion, ...(namespace === undefined ? {} : { namespace }) }
      try {
        return written(await client.updateStatus(type, { metadata, status: wanted }, { signal }))
      } catch (error) {
        if (isApiError(error, 'NotFound')) return { result: 'gone' }
        if (!isApiError(error, 'Conflict')) throw error
        if (!error.ambiguous) return { result: 'conflict' }
      }
      // The first try got no answer: the conflict may be with ourselves.
      const live = await readLive(client, type, target, signal)
      if (live?.metadata.uid !== uid) return { result: 'gone' }
      return isDeepStrictEqual(plain(live['status']), wanted) ? written(live) : { result: 'conflict' }
    },
  }
}

async function readLive(
  client: KubernetesClient,
  type: ResourceType,
  target: StatusTarget,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  try {
    return await client.get(type, target, { signal, deadline: liveReadDeadline, attempts: 1, freshConnection: true })
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}

/** As JSON has it: absent and undefined are the same. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? {}))
}
