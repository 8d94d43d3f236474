import type { Clock } from '@failover-ip/provider'
import type { KubernetesTransport } from '../transport/kubernetes-transport.ts'
import { TransportError } from '../transport/transport-error.ts'
import { callApi, type Call } from './call.ts'
import { parseObject, type KubernetesObject, type ObjectDraft } from './kubernetes-object.ts'
import { listObjects, type ListOptions, type ObjectList } from './list-objects.ts'
import { apiVersionOf, collectionPath, objectPath, type ObjectName, type ResourceType } from './resource-type.ts'

export interface CallOptions {
  readonly signal: AbortSignal
  /** Milliseconds for each try. Default: 10 000 for reads, 1 000 for writes. */
  readonly deadline?: number
  /** Tries while no answer comes. Default 2. */
  readonly attempts?: number
  /** Do not wait on a connection that may be dead, already at the first try. */
  readonly freshConnection?: boolean
}

export interface DeleteOptions extends CallOptions {
  /** Delete this very object, not a later one of the same name. */
  readonly uid?: string
}

/** Content type of a patch. Strategic merge exists for built-in kinds only. */
export type PatchType = 'json' | 'merge' | 'strategic-merge'

/**
 * Typed calls to the Kubernetes API. All reject with `ApiError` when the server refused, with `TransportError` or
 * `DeadlineExceededError` when it could not be reached, and with the signal's reason when aborted.
 * A write without an answer is tried again on a fresh connection; see `ApiError.ambiguous`.
 */
export interface KubernetesClient {
  get(type: ResourceType, name: ObjectName, options: CallOptions): Promise<KubernetesObject>
  /** All objects, read in pages. Malformed ones are left out and counted in `malformed`. */
  list(type: ResourceType, options: CallOptions & ListOptions): Promise<ObjectList>
  create(type: ResourceType, draft: ObjectDraft, options: CallOptions): Promise<KubernetesObject>
  /** Replaces an object. With `metadata.resourceVersion` a change by others since then is a `Conflict`. */
  update(type: ResourceType, object: ObjectDraft, options: CallOptions): Promise<KubernetesObject>
  /** As `update`, of the status subresource alone. */
  updateStatus(type: ResourceType, object: ObjectDraft, options: CallOptions): Promise<KubernetesObject>
  patch(
    type: ResourceType,
    name: ObjectName,
    patch: { readonly type: PatchType; readonly body: unknown; readonly subresource?: 'status' },
    options: CallOptions,
  ): Promise<KubernetesObject>
  /** Resolves when the server has accepted; an object with finalizers goes later. */
  delete(type: ResourceType, name: ObjectName, options: DeleteOptions): Promise<void>
}

const readDeadline = 10_000
/** A write that takes longer is more likely on a dead connection than in a slow server. */
const writeDeadline = 1000

/**
 * @example
 * const client = createKubernetesClient({ transport, clock })
 * const node = await client.get(nodeResource, { name: 'node-1' }, { signal })
 */
export function createKubernetesClient(context: {
  readonly transport: KubernetesTransport
  readonly clock: Clock
}): KubernetesClient {
  const read = (path: string, options: CallOptions): Promise<unknown> =>
    callApi(context, { method: 'GET', path, ...limits(options, readDeadline) })

  const write = async (
    method: Call['method'],
    path: string,
    body: unknown,
    options: CallOptions,
    contentType = 'application/json',
  ): Promise<unknown> =>
    callApi(context, {
      method,
      path,
      headers: { 'content-type': contentType },
      body: JSON.stringify(body),
      ...limits(options, writeDeadline),
    })

  return {
    get: async (type, name, options) => objectOf(await read(objectPath(type, name), options)),
    list: (type, options) => listObjects((path) => read(path, options), type, options),
    create: async (type, draft, options) => {
      const path = collectionPath(type, draft.metadata.namespace)
      return objectOf(await write('POST', path, complete(type, draft), options))
    },
    update: async (type, object, options) =>
      objectOf(await write('PUT', pathOf(type, object), complete(type, object), options)),
    updateStatus: async (type, object, options) =>
      objectOf(await write('PUT', `${pathOf(type, object)}/status`, complete(type, object), options)),
    patch: async (type, name, patch, options) => {
      const path = objectPath(type, name) + (patch.subresource === undefined ? '' : `/${patch.subresource}`)
      return objectOf(await write('PATCH', path, patch.body, options, `application/${patch.type}-patch+json`))
    },
    delete: async (type, name, options) => {
      const preconditions = options.uid === undefined ? {} : { preconditions: { uid: options.uid } }
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...preconditions }
      await write('DELETE', objectPath(type, name), body, options)
    },
  }
}

function limits(
  { signal, deadline, attempts, freshConnection }: CallOptions,
  defaultDeadline: number,
): Pick<Call, 'signal' | 'deadline' | 'attempts' | 'freshConnection'> {
  return {
    signal,
    deadline: deadline ?? defaultDeadline,
    attempts: attempts ?? 2,
    ...(freshConnection === undefined ? {} : { freshConnection }),
  }
}

function complete(type: ResourceType, object: ObjectDraft): object {
  return { ...object, apiVersion: apiVersionOf(type), kind: type.kind }
}

function pathOf(type: ResourceType, { metadata: { namespace, name } }: ObjectDraft): string {
  if (name === undefined) throw new TypeError(`a ${type.kind} to be updated needs a name`)
  return objectPath(type, namespace === undefined ? { name } : { namespace, name })
}

function objectOf(value: unknown): KubernetesObject {
  const parsed = parseObject(value)
  if (parsed.ok) return parsed.object
  throw new TransportError(`The API server's answer is no Kubernetes object (${parsed.problem}).`, {
    code: 'MALFORMED_RESPONSE',
    outcome: 'unknown',
  })
}
