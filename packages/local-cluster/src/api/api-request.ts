import type { KubernetesRequest } from '@failover-ip/kubernetes'

import { badRequest, unsupportedMediaType } from './api-error.ts'

/** A request with its path taken apart. */
export interface ApiRequest {
  readonly method: KubernetesRequest['method']
  readonly pathname: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly signal: AbortSignal
}

export function parseRequest({ method, path, headers, body, signal }: KubernetesRequest): ApiRequest {
  const url = new URL(path, 'http://kubernetes.local')
  return { method, pathname: url.pathname, query: url.searchParams, headers: headers ?? {}, body: body ?? '', signal }
}

const protobuf = 'application/vnd.kubernetes.protobuf'
/** `kubectl create secret` and its like send nothing else, whatever the server answers. */
const insteadOfProtobuf = ' (with kubectl create: add --dry-run=client -o yaml, and pipe that into kubectl apply -f -)'

/** The media type of the body, without parameters. */
export function mediaType({ headers }: ApiRequest): string {
  return (headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? ''
}

/** The body of a POST or PUT. */
export function jsonBody(request: ApiRequest): unknown {
  const type = mediaType(request)
  if (type !== 'application/json')
    throw unsupportedMediaType(['application/json'], type === protobuf ? insteadOfProtobuf : '')
  return parseJson(request.body)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw badRequest(`error decoding the body: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
}

/** A whole number from the query; undefined when absent. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d+$/u.test(text)) throw badRequest(`${name}: Invalid value: "${text}": must be a whole number`)
  return Number(text)
}

export function flag(query: URLSearchParams, name: string): boolean {
  const text = query.get(name)
  return text === 'true' || text === '1'
}
