import { KubeConfig } from '@kubernetes/client-node'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'

/** The Status object that comes with an error. */
const failure = z.object({ message: z.string().default(''), reason: z.string().default('') })

/** An answer of the API server other than 2xx. */
export class ApiError extends Error {
  readonly code = 'ApiAnswered'
  readonly status: number
  /** `reason` of the Status object, e.g. `AlreadyExists`; empty when there is none. */
  readonly reason: string

  constructor(method: string, path: string, status: number, body: unknown) {
    const { message, reason } = failure.safeParse(body).data ?? { message: String(body).slice(0, 200), reason: '' }
    super(`${method} ${path} answered ${status}: ${message}`)
    this.name = 'ApiError'
    this.status = status
    this.reason = reason
  }
}

export interface ApiCallOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds. Default 10 s. */
  readonly deadline?: number
}

/**
 * What tests use to look at and change a cluster. On purpose not the product's own client: it is the second opinion.
 * All but `get` resolve with the object as the server answered it. Each rejects with an `ApiError` for an answer other than 2xx.
 *
 * @example
 * const { spec } = await api.get('/api/v1/nodes/n1', z.object({ spec: z.object({ providerID: z.string() }) }))
 */
export interface ApiClient {
  /** Resolves with the part of the object (or the plain text) that the shape names. */
  get<T>(path: string, shape: z.ZodType<T>, options?: ApiCallOptions): Promise<T>
  create(path: string, object: unknown, options?: ApiCallOptions): Promise<unknown>
  replace(path: string, object: unknown, options?: ApiCallOptions): Promise<unknown>
  /** A JSON merge patch. */
  merge(path: string, patch: unknown, options?: ApiCallOptions): Promise<unknown>
  delete(path: string, options?: ApiCallOptions): Promise<unknown>
}

/** A client with the rights of the kubeconfig's current context. Every call makes its own connection. */
export function createApiClient(kubeconfig: string): ApiClient {
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const server = config.getCurrentCluster()?.server
  if (server === undefined) throw new Error(`${kubeconfig} has no current context with a cluster`)

  async function call(method: string, path: string, body: unknown, type: string, options: ApiCallOptions = {}) {
    const timeout = AbortSignal.timeout(options.deadline ?? 10_000)
    const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': type }) }
    const request: RequestOptions = { method, headers }
    await config.applyToHTTPSOptions(request)
    const response = await send(
      new URL(path, server),
      {
        ...request,
        agent: false,
        signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
      },
      body,
    )
    const answer = await text(response)
    const status = response.statusCode ?? 0
    const parsed: unknown = answer.startsWith('{') ? JSON.parse(answer) : answer
    if (status < 200 || status > 299) throw new ApiError(method, path, status, parsed)
    return parsed
  }
  const json = 'application/json'
  return {
    get: async (path, shape, options) => shape.parse(await call('GET', path, undefined, json, options)),
    create: async (path, object, options) => await call('POST', path, object, json, options),
    replace: async (path, object, options) => await call('PUT', path, object, json, options),
    merge: async (path, patch, options) => await call('PATCH', path, patch, 'application/merge-patch+json', options),
    delete: async (path, options) => await call('DELETE', path, undefined, json, options),
  }
}

async function send(url: URL, options: RequestOptions, body: unknown): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    const request = httpsRequest(url, options, resolve)
    request.once('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
