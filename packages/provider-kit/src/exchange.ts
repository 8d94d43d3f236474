import { ProviderError } from '@failover-ip/provider'
import { outcomeOf } from './mutation.ts'
import { networkFailure } from './network-failure.ts'
import { untilAborted } from './until-aborted.ts'

/** One HTTP answer, read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

export interface ExchangeOptions {
  readonly fetch: typeof globalThis.fetch
  /** Ends the exchange at once, also while the body is trickling in. */
  readonly signal: AbortSignal
  /** Default: 8 MiB. A longer body is an error. */
  readonly maximumBytes?: number
  /** What must not be repeated in an error. */
  readonly secrets?: readonly string[]
  /** The request only asks, whatever its method says. Default: true of `GET`, `HEAD` and `OPTIONS`. */
  readonly asks?: boolean | undefined
}

const defaultMaximumBytes = 8 * 1024 * 1024

/**
 * Sends one request and reads the answer, whatever its status. Redirects are not followed, since they would carry
 * credentials to another host. Rejects with the signal's reason, or with a `ProviderError` of code `Transient` whose
 * outcome says whether a mutation may have happened.
 */
export async function exchange(request: Request, options: ExchangeOptions): Promise<Answer> {
  const { signal } = options
  signal.throwIfAborted()
  try {
    return await untilAborted(sendAndRead(request, options), signal)
  } catch (error) {
    signal.throwIfAborted()
    throw networkFailure(request, error, options)
  }
}

async function sendAndRead(request: Request, options: ExchangeOptions): Promise<Answer> {
  const { fetch, signal } = options
  const response = await fetch(new Request(request, { signal, redirect: 'manual' }))
  const { status, headers } = response
  return { status, headers, body: await readBody(request, response, options) }
}

async function readBody(request: Request, response: Response, options: ExchangeOptions): Promise<string> {
  const maximumBytes = options.maximumBytes ?? defaultMaximumBytes
  const stream = response.body
  if (stream === null) return ''
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.getReader()
  const stop = (): void => void reader.cancel(options.signal.reason).catch(() => {})
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    const decoder = new TextDecoder()
    let bytes = 0
    let text = ''
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      bytes += part.value.byteLength
      if (bytes > maximumBytes) throw tooLong(request, response.status, options)
      text += decoder.decode(part.value, { stream: true })
    }
    return text + decoder.decode()
  } catch (error) {
    stop()
    throw error
  } finally {
    options.signal.removeEventListener('abort', stop)
  }
}

function tooLong(
  request: Request,
  status: number,
  { maximumBytes = defaultMaximumBytes, asks }: ExchangeOptions,
): ProviderError {
  const { host } = new URL(request.url)
  const message = `${host} answered with more than ${maximumBytes} bytes; the answer was dropped.`
  return new ProviderError('Transient', message, { outcome: outcomeOf(request.method, status, asks), status })
}
