import { ProviderError } from '@failover-ip/provider'
import type { CallOptions, Clock, ProviderErrorCode, StandardSchema } from '@failover-ip/provider'
import { exchange } from './exchange.ts'
import type { Answer } from './exchange.ts'
import { jsonOf } from './json-of.ts'
import { outcomeOf } from './mutation.ts'
import { parseAnswer } from './parse-answer.ts'
import { quote } from './quote.ts'
import { codeOfStatus, statusError } from './status-error.ts'

export interface JsonClientOptions {
  /** Names the cloud in errors. */
  readonly cloud: string
  /** Without a slash at the end. */
  readonly apiUrl: string
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly userAgent: string
  /** Sent with every request; this is where credentials go. */
  readonly headers: Readonly<Record<string, string>>
  /** What must not be repeated in an error. */
  readonly secrets: readonly string[]
  readonly maximumBytes?: number
  /** What the cloud's own error bodies say, when they say more than the status. */
  readonly readError?: (answer: RefusedAnswer) => CloudError | undefined
}

/** An answer that is not a success, with its body as JSON; `undefined` when it is none. */
export interface RefusedAnswer extends Answer {
  readonly json: unknown
}

/** What is `undefined` follows from the status and the headers; a 404 without JSON is not the cloud's, and `Transient`. */
export interface CloudError {
  readonly message?: string | undefined
  readonly code?: ProviderErrorCode | undefined
  readonly retryAfterSeconds?: number | undefined
}

export interface JsonRequest<Value> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** It only asks, whatever its method says, so that a lost answer leaves nothing open. Default: true of `GET`. */
  readonly asks?: boolean
  /** Begins with a slash. */
  readonly path: string
  /** Sent as JSON; `URLSearchParams` as a form. */
  readonly body?: unknown
  /** What the answer must look like. For an answer without a body, one that accepts `undefined`. */
  readonly schema: StandardSchema<unknown, Value>
  /** What is being done, for errors: `attaching 192.0.2.1/32 to server 7 in fra1`. */
  readonly action: string
}

export interface JsonAnswer<Value> {
  readonly value: Value
  readonly headers: Headers
}

/**
 * A client for a cloud that answers in JSON over HTTP. It checks every answer and turns every failure into a `ProviderError`;
 * it neither retries nor caches.
 *
 * @example
 * const send = createJsonClient({ cloud: 'Acme', apiUrl, fetch, clock, userAgent, headers: { authorization }, secrets })
 * const { value } = await send({ method: 'GET', path: '/ips', schema: ipList, action: 'listing addresses' }, { signal })
 */
export function createJsonClient(
  options: JsonClientOptions,
): <Value>(request: JsonRequest<Value>, call: CallOptions) => Promise<JsonAnswer<Value>> {
  const { cloud, fetch, clock, secrets } = options
  return async ({ method, asks, path, body, schema, action }, { signal }) => {
    const answer = await exchange(buildRequest(options, { method, path, body }), {
      fetch,
      signal,
      secrets,
      asks,
      ...(options.maximumBytes === undefined ? {} : { maximumBytes: options.maximumBytes }),
    })
    const { status } = answer
    const outcome = outcomeOf(method, status, asks)
    if (status < 200 || status > 299) {
      const json = jsonOf(answer.body)
      const { message = '', ...said } = options.readError?.({ ...answer, json }) ?? {}
      const quoted = quote(message, secrets).replace(/[.\s]+$/, '')
      const detail = quoted === '' ? '' : `: ${quoted}`
      const text = `${cloud} answered ${status} to ${action}${detail}${json === undefined ? pageHint(answer) : ''}.`
      // Whatever stands before the cloud may not know the path; that something is gone is the cloud's own word.
      const code = said.code ?? (json === undefined && codeOfStatus(status) === 'NotFound' ? 'Transient' : undefined)
      throw statusError(answer, { method, asks, message: text, now: clock.now(), ...said, code })
    }
    const what = `${cloud}'s answer to ${action}`
    return {
      value: await parseAnswer(schema, parseJson(answer, `${what} is no JSON`, outcome), { what, outcome, status }),
      headers: answer.headers,
    }
  }
}

function buildRequest(
  { apiUrl, userAgent, headers }: JsonClientOptions,
  { method, path, body }: Pick<JsonRequest<unknown>, 'method' | 'path' | 'body'>,
): Request {
  const content = contentOf(body)
  return new Request(`${apiUrl}${path}`, {
    method,
    headers: {
      accept: 'application/json',
      'user-agent': userAgent,
      ...(content === undefined ? {} : { 'content-type': content.type }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content.text }),
  })
}

function contentOf(body: unknown): { readonly type: string; readonly text: string } | undefined {
  if (body === undefined) return undefined
  return body instanceof URLSearchParams
    ? { type: 'application/x-www-form-urlencoded', text: body.toString() }
    : { type: 'application/json', text: JSON.stringify(body) }
}

function pageHint({ body }: Pick<Answer, 'body'>): string {
  return body.trimStart().startsWith('<') ? ', but a page of HTML, perhaps of a proxy in between' : ''
}

function parseJson({ body, status }: Answer, message: string, outcome: 'not-applied' | 'unknown'): unknown {
  if (body === '') return undefined
  const json = jsonOf(body)
  if (json === undefined) {
    throw new ProviderError('Transient', `${message}${pageHint({ body })}.`, { outcome, status })
  }
  return json
}
