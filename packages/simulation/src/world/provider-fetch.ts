import type { ScalewayEmulator } from '@failover-ip/provider-testkit'
import type { Effects } from '../machine/effects.ts'
import type { Process } from '../machine/process.ts'

/** What the cloud does to one request instead of serving it. */
export type CloudFault = { readonly status: number; readonly retryAfterSeconds?: number }

export interface ProviderFetchOptions {
  readonly process: Process
  readonly effects: Effects
  readonly cloud: ScalewayEmulator
  readonly reachable: () => boolean
  /** Milliseconds of the next call. */
  readonly latency: () => number
  readonly fault: () => CloudFault | undefined
}

/** `fetch` of one replica towards the emulated cloud: the real provider's own requests, each an effect. */
export function createProviderFetch(options: ProviderFetchOptions): typeof globalThis.fetch {
  const { process, effects, cloud, reachable, latency, fault } = options
  return async (input, init) => {
    const request = new Request(input, init)
    const { pathname } = new URL(request.url)
    const body = request.method === 'GET' ? '' : await request.clone().text()
    return effects.perform({
      process,
      signal: request.signal,
      latency: latency(),
      reachable,
      system: 'provider',
      label: `${request.method} ${pathname.replace('/instance/v1/zones/', '')}${body}`,
      changes: request.method !== 'GET',
      failure: networkError,
      act: () => {
        const failing = fault()
        return failing === undefined ? cloud.handle(withoutSignal(request, body)) : refuse(failing)
      },
    })
  }
}

/** The cloud goes on with what has been sent, whatever becomes of its sender. */
function withoutSignal({ url, method, headers }: Request, body: string): Request {
  return new Request(url, { method, headers, ...(body === '' ? {} : { body }) })
}

function refuse({ status, retryAfterSeconds }: CloudFault): Response {
  const headers = {
    'content-type': 'application/json',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  }
  return new Response(JSON.stringify({ message: 'injected' }), { status, headers })
}

/** As Node's fetch reports it. */
function networkError(kind: 'refused' | 'lost'): TypeError {
  const code = kind === 'refused' ? 'ECONNREFUSED' : 'ECONNRESET'
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}
