import type { ApiContext } from '../api-context.ts'
import { alreadyExists, badRequest, invalid } from '../api-error.ts'
import { jsonBody } from '../api-request.ts'
import type { ApiRequest } from '../api-request.ts'
import { judgeUnknownFields, parseFieldValidation, refuseBody } from '../field-validation.ts'
import { requiredField } from '../field-error.ts'
import { assemble, cannotHandle, clientMeta, readIncoming } from '../incoming-object.ts'
import type { IncomingObject } from '../incoming-object.ts'
import type { JsonObject, KubernetesObject } from '../kubernetes-object.ts'
import { generateName, generateUid, timestamp } from '../object-name.ts'
import { objectReply } from '../reply.ts'
import type { Reply } from '../reply.ts'
import type { RequestTarget } from '../request-target.ts'
import { finishObject } from './finish-object.ts'
import { requireOpenNamespace } from './namespace-lifecycle.ts'
import { findObject, saveObject } from './stored-object.ts'

export function create(context: ApiContext, target: RequestTarget, request: ApiRequest): Reply {
  const { definition } = target
  const incoming = readIncoming(jsonBody(request), definition)
  const warnings = judgeUnknownFields(incoming.unknownFields, parseFieldValidation(request.query), (why) =>
    refuseBody(cannotHandle(definition, why)),
  )
  return objectReply(createObject(context, target, incoming, request.query.get('dryRun') === 'All'), 201, warnings)
}

/** Also the second half of a PUT that creates. */
export function createObject(
  context: ApiContext,
  { definition, namespace, name: givenName }: RequestTarget,
  { metadata, fields }: IncomingObject,
  dryRun: boolean,
): KubernetesObject {
  const { clock, random } = context
  checkNamespace(metadata.namespace, namespace)
  const prefix = metadata.generateName ?? ''
  const name = givenName ?? (metadata.name || (prefix === '' ? '' : generateName(prefix, random)))
  if (name === '') {
    throw invalid(definition, '', [requiredField('metadata.name', 'name or generateName is required')])
  }
  if (namespace !== undefined) requireOpenNamespace(context, definition, namespace, name)
  const target: RequestTarget = { definition, name, ...(namespace === undefined ? {} : { namespace }) }
  if (findObject(context, target) !== undefined) throw alreadyExists(definition, name)
  const resourceVersion = metadata.resourceVersion ?? ''
  if (resourceVersion !== '' && resourceVersion !== '0') {
    throw badRequest('resourceVersion should not be set on objects to be created')
  }
  const object = assemble(
    definition,
    {
      name,
      ...(prefix === '' ? {} : { generateName: prefix }),
      ...(namespace === undefined ? {} : { namespace }),
      uid: generateUid(random),
      resourceVersion: '',
      ...(definition.origin === 'custom' ? { generation: 1 } : {}),
      creationTimestamp: timestamp(clock.now()),
      ...clientMeta(metadata),
    },
    definition.origin === 'custom' && definition.statusSubresource ? withoutStatus(fields) : fields,
  )
  return saveObject(context, definition, finishObject(definition, object), dryRun)
}

/** @throws ApiError 400 when the object names another namespace than the path. */
export function checkNamespace(given: string | null | undefined, namespace: string | undefined): void {
  if (given === null || given === undefined || given === '' || given === namespace) return
  throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
}

function withoutStatus({ status: _status, ...fields }: JsonObject): JsonObject {
  return fields
}
