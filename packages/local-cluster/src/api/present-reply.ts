import type { KubernetesResponse } from '@failover-ip/kubernetes'

import { ApiError } from './api-error.ts'
import type { StatusBody } from './api-error.ts'
import type { ApiRequest } from './api-request.ts'
import { fieldsOf } from './incoming-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import type { Reply, WatchEvent } from './reply.ts'
import { apiVersionOf } from './resource-definition.ts'
import type { ResourceDefinition } from './resource-definition.ts'
import { makeTable, parseIncludeObject } from './table/table.ts'

const encoder = new TextEncoder()

/** Dresses a reply as the client asked for it: JSON objects and lists, or the tables of `kubectl get`. */
export function presentReply(
  reply: Reply,
  definition: ResourceDefinition,
  request: ApiRequest,
  now: () => number,
): KubernetesResponse {
  const asTable = wantsTable(request.headers['accept'] ?? '*/*')
  const include = parseIncludeObject(request.query)
  const one = (object: KubernetesObject): unknown => {
    const { resourceVersion } = object.metadata
    return asTable ? makeTable(definition, [object], { resourceVersion }, include, now()) : object
  }
  switch (reply.type) {
    case 'status':
      return statusResponse(reply.status)
    case 'object':
      return jsonResponse(reply.code, one(reply.object), reply.warnings)
    case 'list':
      return jsonResponse(
        200,
        asTable ? makeTable(definition, reply.items, reply.metadata, include, now()) : makeList(definition, reply),
      )
    case 'watch':
      return response(200, encodeEvents(reply.events, definition, one))
  }
}

export function statusResponse(status: StatusBody): KubernetesResponse {
  const retryAfter = status.details?.retryAfterSeconds
  const headers: [string, string][] = retryAfter === undefined ? [] : [['retry-after', String(retryAfter)]]
  return response(status.code, [encoder.encode(JSON.stringify(status))], headers)
}

export function jsonResponse(code: number, body: unknown, warnings: readonly string[] = []): KubernetesResponse {
  const warning = warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ')
  return response(code, [encoder.encode(JSON.stringify(body))], warning === '' ? [] : [['warning', warning]])
}

export function textResponse(code: number, text: string): KubernetesResponse {
  return response(code, [encoder.encode(text)], [['content-type', 'text/plain; charset=utf-8']])
}

/** Every media type that the client takes. @throws ApiError 406 when JSON is not among them. */
export function checkAccept(accept: string): void {
  const types = accept.split(',').map((type) => type.split(';')[0]?.trim() ?? '')
  if (types.some((type) => type === 'application/json' || type === '*/*' || type === 'application/*')) return
  const message = 'only the following media types are accepted: application/json'
  throw new ApiError(406, 'NotAcceptable', message, {})
}

/** JSON and a table are offered; whichever the client names first is taken. */
function wantsTable(accept: string): boolean {
  const first = accept.split(',').find((type) => {
    const [media, ...parameters] = type.split(';').map((part) => part.trim())
    const as = parameters.find((parameter) => parameter.startsWith('as='))
    if (media !== 'application/json' && media !== '*/*') return false
    return as === undefined || (as === 'as=Table' && parameters.includes('v=v1'))
  })
  return first?.includes('as=Table') === true
}

/** Items of built-in kinds carry no apiVersion and kind of their own, those of custom kinds do. */
function makeList(definition: ResourceDefinition, { items, metadata }: Extract<Reply, { type: 'list' }>): unknown {
  const bare = ({ metadata: meta, ...object }: KubernetesObject): unknown => ({
    metadata: meta,
    ...fieldsOf({ metadata: meta, ...object }),
  })
  return {
    kind: `${definition.kind}List`,
    apiVersion: apiVersionOf(definition),
    metadata,
    items: definition.origin === 'built-in' ? items.map(bare) : items,
  }
}

async function* encodeEvents(
  events: AsyncIterable<WatchEvent>,
  definition: ResourceDefinition,
  one: (object: KubernetesObject) => unknown,
): AsyncGenerator<Uint8Array> {
  for await (const event of events) {
    yield encoder.encode(`${JSON.stringify(encodeEvent(event, definition, one))}\n`)
  }
}

function encodeEvent(
  event: WatchEvent,
  definition: ResourceDefinition,
  one: (object: KubernetesObject) => unknown,
): unknown {
  if (event.type === 'ERROR') return { type: event.type, object: event.status }
  if (event.type !== 'BOOKMARK') return { type: event.type, object: one(event.object) }
  const { kind } = definition
  const annotations = event.initialEventsEnd === true ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}
  const metadata = { resourceVersion: event.resourceVersion, creationTimestamp: null, ...annotations }
  return { type: event.type, object: { kind, apiVersion: apiVersionOf(definition), metadata } }
}

function response(
  status: number,
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  headers: readonly (readonly [string, string])[] = [],
): KubernetesResponse {
  return {
    status,
    headers: new Map([['content-type', 'application/json'], ['cache-control', 'no-cache, private'], ...headers]),
    body: Symbol.asyncIterator in body ? body : once(body),
  }
}

async function* once(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks
}
