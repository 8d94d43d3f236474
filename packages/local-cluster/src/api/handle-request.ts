import type { KubernetesRequest, KubernetesResponse } from '@failover-ip/kubernetes'

import type { ApiContext } from './api-context.ts'
import { ApiError, badRequest, methodNotAllowed, tooLarge } from './api-error.ts'
import { flag, parseRequest } from './api-request.ts'
import type { ApiRequest } from './api-request.ts'
import { describeServer } from './discovery/describe-server.ts'
import { checkAccept, presentReply, statusResponse, textResponse } from './present-reply.ts'
import { objectReply } from './reply.ts'
import type { Reply } from './reply.ts'
import { parseTarget } from './request-target.ts'
import type { RequestTarget } from './request-target.ts'
import { create } from './verbs/create.ts'
import { deleteCollection, deleteOne } from './verbs/delete.ts'
import { list } from './verbs/list.ts'
import { requireObject } from './verbs/stored-object.ts'
import { patch, update } from './verbs/update.ts'
import { watch } from './verbs/watch.ts'

/** As the real server's default. */
const bodyLimitBytes = 3 * 1024 * 1024

/** Answers one request. Never throws: whatever goes wrong is a Status. */
export function handleRequest(context: ApiContext, raw: KubernetesRequest): KubernetesResponse {
  try {
    const request = parseRequest(raw)
    if (request.body.length > bodyLimitBytes) throw tooLarge(`limit is ${bodyLimitBytes}`)
    const described = describeServer(context.registry, request)
    if (described !== undefined) return described
    const target = parseTarget(request.pathname, context.registry)
    if (target === undefined) return textResponse(404, '404 page not found\n')
    checkAccept(request.headers['accept'] ?? '*/*')
    if (isUnserved(target, request)) return textResponse(404, '404 page not found\n')
    return presentReply(dispatch(context, target, request), target.definition, request, () => context.clock.now())
  } catch (error) {
    if (error instanceof ApiError) return statusResponse(error.status)
    const message = `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`
    return statusResponse(new ApiError(500, 'InternalError', message).status)
  }
}

function dispatch(context: ApiContext, target: RequestTarget, request: ApiRequest): Reply {
  const { method } = request
  if (target.name === undefined) return dispatchCollection(context, target, request)
  switch (method) {
    case 'GET':
      return objectReply(requireObject(context, target))
    case 'PUT':
      return update(context, target, request)
    case 'PATCH':
      return patch(context, target, request)
    case 'DELETE':
      if (target.subresource !== undefined) throw methodNotAllowed()
      return deleteOne(context, target, request)
    case 'POST':
      throw methodNotAllowed()
  }
}

function dispatchCollection(context: ApiContext, target: RequestTarget, request: ApiRequest): Reply {
  const { method, query } = request
  if (method === 'GET') return (flag(query, 'watch') ? watch : list)(context, target, request)
  if (method === 'POST' && !spansNamespaces(target)) return create(context, target, request)
  if (method === 'DELETE' && !spansNamespaces(target)) return deleteCollection(context, target, request)
  if (target.definition.origin === 'custom') throw badRequest('name must be provided')
  throw methodNotAllowed()
}

const spansNamespaces = ({ definition, namespace }: RequestTarget): boolean =>
  definition.namespaced && namespace === undefined

/** The real server serves custom kinds over all namespaces for reading alone, built-in kinds refuse the method. */
function isUnserved(target: RequestTarget, { method }: ApiRequest): boolean {
  return target.definition.origin === 'custom' && spansNamespaces(target) && method !== 'GET'
}
