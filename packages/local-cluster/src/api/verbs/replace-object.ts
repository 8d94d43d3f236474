import { isDeepStrictEqual } from 'node:util'

import type { ApiContext } from '../api-context.ts'
import { conflict, invalid, staleWrite } from '../api-error.ts'
import { forbiddenField, invalidField } from '../field-error.ts'
import { assemble, clientMeta, fieldsOf } from '../incoming-object.ts'
import type { IncomingMeta, IncomingObject } from '../incoming-object.ts'
import type { JsonObject, KubernetesObject, ObjectMeta } from '../kubernetes-object.ts'
import { objectKey } from '../request-target.ts'
import type { RequestTarget } from '../request-target.ts'
import { storageKey } from '../resource-definition.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { checkNamespace } from './create.ts'
import { finishObject } from './finish-object.ts'
import { sweepNamespace } from './namespace-lifecycle.ts'
import { saveObject } from './stored-object.ts'

/**
 * What PUT and PATCH share: puts a new state in the place of `current`. A write that changes nothing moves no version,
 * a write that takes the last finalizer of a deleted object ends it.
 */
export function replaceObject(
  context: ApiContext,
  target: RequestTarget,
  current: KubernetesObject,
  incoming: IncomingObject,
  dryRun: boolean,
): KubernetesObject {
  const { definition } = target
  checkNamespace(incoming.metadata.namespace, target.namespace)
  checkPreconditions(definition, current, incoming.metadata)
  const metadata = nextMeta(definition, current.metadata, incoming.metadata)
  const merged = mergeSubresource(target, current, metadata, incoming.fields)
  const finished = finishObject(definition, merged, current)
  const next = withGeneration(definition, current, finished)
  if (isDeepStrictEqual(next, current)) return current
  if (next.metadata.deletionTimestamp !== undefined && (next.metadata.finalizers ?? []).length === 0) {
    return dryRun ? next : end(context, definition, next)
  }
  return saveObject(context, definition, next, dryRun)
}

function checkPreconditions(definition: ResourceDefinition, current: KubernetesObject, incoming: IncomingMeta): void {
  const { name, uid, resourceVersion } = current.metadata
  const givenUid = incoming.uid ?? ''
  if (givenUid !== '' && givenUid !== uid) {
    const why = `Precondition failed: UID in precondition: ${givenUid}, UID in object meta: ${uid}`
    throw conflict(definition, name, why)
  }
  const version = incoming.resourceVersion ?? ''
  if (version === '' || version === '0') {
    if (definition.unconditionalUpdate === true) return
    const error = invalidField('metadata.resourceVersion', 0, 'must be specified for an update')
    throw invalid(definition, name, [error])
  }
  if (version !== resourceVersion) throw staleWrite(definition, name)
}

function nextMeta(definition: ResourceDefinition, current: ObjectMeta, incoming: IncomingMeta): ObjectMeta {
  const { labels: _labels, annotations: _annotations, finalizers: held, ownerReferences: _owners, ...own } = current
  const given = clientMeta(incoming)
  const added = (given.finalizers ?? []).filter((finalizer) => held?.includes(finalizer) !== true)
  if (current.deletionTimestamp !== undefined && added.length > 0) {
    const listed = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`
    const why = `no new finalizers can be added if the object is being deleted, found new finalizers ${listed}`
    throw invalid(definition, current.name, [forbiddenField('metadata.finalizers', why)])
  }
  return { ...own, ...given }
}

/** The status subresource changes the status alone; the object itself never changes its status. */
function mergeSubresource(
  { definition, subresource }: RequestTarget,
  current: KubernetesObject,
  metadata: ObjectMeta,
  fields: JsonObject,
): KubernetesObject {
  if (!definition.statusSubresource) return assemble(definition, metadata, fields)
  const statusWrite = subresource === 'status'
  const { status: oldStatus, ...oldFields } = fieldsOf(current)
  const { status: newStatus, ...newFields } = fields
  const status = statusWrite ? newStatus : oldStatus
  const kept = statusWrite ? oldFields : newFields
  // Custom kinds keep their metadata in a status write, built-in kinds take it over.
  const meta = statusWrite && definition.origin === 'custom' ? current.metadata : metadata
  return assemble(definition, meta, status === undefined ? kept : { ...kept, status })
}

/** The generation counts changes of everything but metadata and (where it is a subresource) status. */
function withGeneration(
  definition: ResourceDefinition,
  current: KubernetesObject,
  next: KubernetesObject,
): KubernetesObject {
  const { generation } = current.metadata
  if (generation === undefined) return next
  const desired = (object: KubernetesObject): JsonObject => {
    const { status, ...rest } = fieldsOf(object)
    return definition.statusSubresource || status === undefined ? rest : { ...rest, status }
  }
  if (isDeepStrictEqual(desired(current), desired(next))) return next
  return { ...next, metadata: { ...next.metadata, generation: generation + 1 } }
}

function end(context: ApiContext, definition: ResourceDefinition, last: KubernetesObject): KubernetesObject {
  const { namespace, name } = last.metadata
  context.store.remove(storageKey(definition), objectKey(namespace, name))
  sweepNamespace(context, namespace)
  return last
}
