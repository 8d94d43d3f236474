import type { ApiContext } from '../api-context.ts'
import { badRequest, notFound } from '../api-error.ts'
import { jsonBody, mediaType, parseJson } from '../api-request.ts'
import type { ApiRequest } from '../api-request.ts'
import { judgeUnknownFields, parseFieldValidation, refuseBody, refusePatch } from '../field-validation.ts'
import { cannotHandle, readIncoming } from '../incoming-object.ts'
import { applyPatchOfType } from '../patch/apply-patch.ts'
import { objectReply } from '../reply.ts'
import type { Reply } from '../reply.ts'
import type { RequestTarget } from '../request-target.ts'
import { createObject } from './create.ts'
import { replaceObject } from './replace-object.ts'
import { findObject, requireObject } from './stored-object.ts'

/** PUT. */
export function update(context: ApiContext, target: RequestTarget, request: ApiRequest): Reply {
  const { definition, name = '', subresource } = target
  const dryRun = request.query.get('dryRun') === 'All'
  const incoming = readIncoming(jsonBody(request), definition)
  const warnings = judgeUnknownFields(incoming.unknownFields, parseFieldValidation(request.query), (why) =>
    refuseBody(cannotHandle(definition, why)),
  )
  const givenName = incoming.metadata.name ?? ''
  if (givenName !== name) {
    if (givenName === '') throw badRequest('name must be provided')
    throw badRequest(`the name of the object (${givenName}) does not match the name on the URL (${name})`)
  }
  const current = findObject(context, target)
  if (current !== undefined) {
    return objectReply(replaceObject(context, target, current, incoming, dryRun), 200, warnings)
  }
  if (definition.createOnUpdate !== true || subresource !== undefined) throw notFound(definition, name)
  return objectReply(createObject(context, target, incoming, dryRun), 201, warnings)
}

/** PATCH. The patch is applied to the object as stored, the result goes the way of a PUT. */
export function patch(context: ApiContext, target: RequestTarget, request: ApiRequest): Reply {
  const { definition } = target
  const type = mediaType(request)
  const validation = parseFieldValidation(request.query)
  const parsed = type.endsWith('+json') ? parseJson(request.body) : undefined
  // An unsupported type is refused before the object is looked for.
  if (parsed === undefined) applyPatchOfType(type, {}, {}, definition)
  const current = requireObject(context, target)
  const incoming = readIncoming(applyPatchOfType(type, current, parsed, definition), definition)
  const warnings = judgeUnknownFields(incoming.unknownFields, validation, (why) => refusePatch(request.body, why))
  if (incoming.metadata.name !== current.metadata.name) {
    const given = incoming.metadata.name ?? ''
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${current.metadata.name})`)
  }
  const dryRun = request.query.get('dryRun') === 'All'
  return objectReply(replaceObject(context, target, current, incoming, dryRun), 200, warnings)
}
