import { z } from 'zod'

import type { ApiContext } from '../api-context.ts'
import { badRequest, conflict } from '../api-error.ts'
import type { StatusBody } from '../api-error.ts'
import { parseJson } from '../api-request.ts'
import type { ApiRequest } from '../api-request.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import { objectReply } from '../reply.ts'
import type { Reply } from '../reply.ts'
import { objectKey } from '../request-target.ts'
import type { RequestTarget } from '../request-target.ts'
import { storageKey } from '../resource-definition.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { parseSelection } from '../selectors/selection.ts'
import { markDeleted, sweepNamespace, terminateNamespace } from './namespace-lifecycle.ts'
import { requireObject, shown } from './stored-object.ts'

const optionsSchema = z.object({
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).nullish(),
  dryRun: z.array(z.string()).nullish(),
})
type DeleteOptions = z.infer<typeof optionsSchema>

export function deleteOne(context: ApiContext, target: RequestTarget, request: ApiRequest): Reply {
  const { definition } = target
  const options = readOptions(request.body)
  const current = requireObject(context, target)
  checkPreconditions(definition, current, options)
  if (request.query.get('dryRun') === 'All' || options.dryRun?.includes('All') === true) return objectReply(current)
  if (storageKey(definition) === 'namespaces') return objectReply(terminateNamespace(context, current))
  const { object, removed } = endOrMark(context, definition, current)
  if (!removed || definition.returnsDeleted === true) return objectReply(object)
  return { type: 'status', status: deleted(definition, current) }
}

/** Deletes every selected object of a collection and answers with their list. */
export function deleteCollection(context: ApiContext, target: RequestTarget, request: ApiRequest): Reply {
  const { definition } = target
  const { store } = context
  readOptions(request.body)
  const { matches } = parseSelection(target, request.query)
  const selected = store
    .list(storageKey(definition))
    .map(({ object }) => shown(definition, object))
    .filter(matches)
  for (const object of selected) endOrMark(context, definition, object)
  return { type: 'list', items: selected, metadata: { resourceVersion: String(store.resourceVersion) } }
}

function endOrMark(
  context: ApiContext,
  definition: ResourceDefinition,
  current: KubernetesObject,
): { readonly object: KubernetesObject; readonly removed: boolean } {
  const { namespace, name } = current.metadata
  const shelf = storageKey(definition)
  const key = objectKey(namespace, name)
  const outcome = markDeleted(context, shelf, key, context.store.get(shelf, key) ?? current)
  if (outcome.removed) sweepNamespace(context, namespace)
  return { ...outcome, object: shown(definition, outcome.object) }
}

function readOptions(body: string): DeleteOptions {
  if (body === '') return {}
  const parsed = optionsSchema.safeParse(parseJson(body))
  if (!parsed.success) throw badRequest(`DeleteOptions: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

function checkPreconditions(definition: ResourceDefinition, current: KubernetesObject, options: DeleteOptions): void {
  const { name, uid, resourceVersion } = current.metadata
  const wanted = options.preconditions ?? {}
  if (wanted.uid !== undefined && wanted.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uid}`
    throw conflict(definition, name, why)
  }
  if (wanted.resourceVersion === undefined || wanted.resourceVersion === resourceVersion) return
  const versions = `${wanted.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`
  throw conflict(definition, name, `Precondition failed: ResourceVersion in precondition: ${versions}`)
}

function deleted({ group, plural }: ResourceDefinition, { metadata }: KubernetesObject): StatusBody {
  const details = { name: metadata.name, ...(group === '' ? {} : { group }), kind: plural, uid: metadata.uid }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details, code: 200 }
}
