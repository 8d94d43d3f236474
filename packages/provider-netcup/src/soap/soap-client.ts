import { isProviderError } from '@failover-ip/provider'
import type { ProviderError } from '@failover-ip/provider'
import { exchange } from '@failover-ip/provider-kit'
import type { Answer } from '@failover-ip/provider-kit'
import type { IHttpClient } from 'soap'
import { z } from 'zod'
import { wsdl } from './wsdl.ts'

/** What comes of one call: the result as `soap` read it, or its error; and what went over the network. */
export interface SoapOutcome {
  readonly result: unknown
  readonly error: unknown
  readonly answer: Answer | undefined
  /** Why there is no answer. */
  readonly failure: ProviderError | undefined
}

export interface SoapClientOptions {
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  readonly userAgent: string
  readonly secrets: readonly string[]
}

/** Calls operations of the WSDL. Rejects for none. */
export type SoapClient = (operation: string, parameters: object, signal: AbortSignal) => Promise<SoapOutcome>

/** The module `soap`, some megabytes of memory, is loaded with the first call, and the WSDL read once. */
export function createSoapClient(options: SoapClientOptions): SoapClient {
  let opening: Promise<(http: IHttpClient) => object> | undefined
  return async (operation, parameters, signal) => {
    const http = createHttpClient(options, signal)
    try {
      opening ??= loadClients(options.url)
      // A client of its own for each call, since it knows no signals.
      const result = await invoke((await opening)(http.client), operation, parameters)
      return { result, error: undefined, ...http.seen() }
    } catch (error) {
      return { result: undefined, error, ...http.seen() }
    }
  }
}

async function loadClients(url: string): Promise<(http: IHttpClient) => object> {
  const { Client, WSDL } = await import('soap')
  const description = new WSDL(wsdl, 'netcup', {})
  await new Promise<void>((resolve, reject) => {
    description.onReady((error: unknown) => {
      if (error instanceof Error) reject(error)
      else resolve()
    })
  })
  return (httpClient) => new Client(description, url, { httpClient })
}

/** The methods of a client are made from the WSDL, so that no type knows them. The result comes first in a list. */
async function invoke(client: object, operation: string, parameters: object): Promise<unknown> {
  const method: unknown = Reflect.get(client, `${operation}Async`)
  if (typeof method !== 'function') throw new TypeError(`The WSDL has no operation ${operation}.`)
  const answer: unknown = await Reflect.apply(method, client, [parameters])
  return z.array(z.unknown()).parse(answer)[0]
}

/** How `soap` gets at the network: by the given fetch, with size limit and signal. */
function createHttpClient(
  { fetch, userAgent, secrets }: SoapClientOptions,
  signal: AbortSignal,
): { readonly client: IHttpClient; readonly seen: () => Pick<SoapOutcome, 'answer' | 'failure'> } {
  let answer: Answer | undefined
  let failure: ProviderError | undefined
  const send = async (url: string, body: string, headers: Record<string, string>): Promise<Answer> => {
    const request = new Request(url, { method: 'POST', body, headers: { ...headers, 'user-agent': userAgent } })
    return exchange(request, { fetch, signal, secrets })
  }
  const client: IHttpClient = {
    request: async (url, data: unknown, callback, headers) => {
      try {
        answer = await send(url, String(data), stringHeaders.parse(headers))
      } catch (error) {
        failure = isProviderError(error) ? error : undefined
        callback(error)
        return nothing()
      }
      const { status, headers: given, body } = answer
      callback(null, { status, headers: Object.fromEntries(given) }, body)
      return nothing()
    },
  }
  return { client, seen: () => ({ answer, failure }) }
}

const stringHeaders = z.record(z.string(), z.string()).catch({})

/** What `request` gives is not looked at: the callback tells. */
function nothing(): Promise<never> {
  return Promise.withResolvers<never>().promise
}
