import type { Clock } from '@failover-ip/provider'
import { DeadlineExceededError, withDeadline } from '@failover-ip/core'
import type { KubernetesRequest, KubernetesTransport } from '../transport/kubernetes-transport.ts'
import { jsonOrText, readBody } from '../transport/read-body.ts'
import { TransportError } from '../transport/transport-error.ts'
import { ApiError, apiErrorOf } from './api-error.ts'

export interface CallContext {
  readonly transport: KubernetesTransport
  readonly clock: Clock
}

export interface Call {
  readonly method: KubernetesRequest['method']
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  /** Milliseconds for each try, the body included. */
  readonly deadline: number
  /** How often to try while no answer comes; the second and later tries use a fresh connection. */
  readonly attempts: number
  readonly freshConnection?: boolean
}

/** Far above a page of 500 large objects; the API server itself limits one object to about 1.5 MB. */
const maximumBytes = 64 * 1024 * 1024

/**
 * Makes a call and gives the parsed body of a success. Rejects with `ApiError` when the server refused, with
 * `TransportError` or `DeadlineExceededError` when no try got an answer, with the signal's reason when aborted.
 */
export async function callApi(context: CallContext, call: Call): Promise<unknown> {
  let mayBeApplied = false
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryOnce(context, { ...call, freshConnection: call.freshConnection === true || attempt > 1 })
    } catch (error) {
      if (error instanceof ApiError) throw mayBeApplied && call.method !== 'GET' ? error.asAmbiguous() : error
      if (call.signal.aborted || attempt >= call.attempts || !isLostAnswer(error)) throw error
      mayBeApplied ||= !(error instanceof TransportError && error.outcome === 'not-applied')
    }
  }
}

function isLostAnswer(error: unknown): boolean {
  return error instanceof TransportError || error instanceof DeadlineExceededError
}

function tryOnce({ transport, clock }: CallContext, call: Call): Promise<unknown> {
  const { method, path, headers, body, freshConnection } = call
  const what = `${method} ${path.split('?')[0] ?? path}`
  return withDeadline({ clock, milliseconds: call.deadline, signal: call.signal, what }, async (signal) => {
    const response = await transport.request({
      method,
      path,
      signal,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
      ...(freshConnection === true ? { freshConnection } : {}),
    })
    const value = jsonOrText(await readBody(response, maximumBytes))
    if (response.status >= 200 && response.status < 300) return value
    throw apiErrorOf(response.status, value, response.headers.get('retry-after'))
  })
}
