import type { Clock } from '@failover-ip/provider'
import { connectionError } from './connection-error.ts'
import type { Fault, Faults } from './fault.ts'
import { createFaults } from './fault.ts'
import { trickle } from './trickle.ts'

/** A fetch handler: the one way into an emulator, in virtual time as well as behind a server. */
export type Handler = (request: Request) => Promise<Response>

export interface HttpEmulatorOptions {
  readonly clock: Clock
  /** Of a whole call, in milliseconds; a pair is a range. Default: 0. */
  readonly latencyMs?: number | readonly [least: number, most: number]
  /** From 0 to below 1; for a range of latency. Default: the middle of it. */
  readonly random?: () => number
  /** What the cloud does with a request, in one instant. */
  readonly answer: (request: EmulatedRequest) => EmulatedAnswer
}

export interface EmulatedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string
}

export interface EmulatedAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. `undefined`: no body. */
  readonly body?: unknown
  /** Sent as it is, in place of `body`; `headers` name its content type. */
  readonly text?: string
  /** What this request changed, in words; absent when nothing changed. */
  readonly effect?: string
}

/** A request as the cloud saw it, in the order of arrival. */
export interface LoggedRequest {
  /** Monotonic time of the effect, in milliseconds. */
  readonly at: number
  readonly method: string
  /** With its query. */
  readonly path: string
  /** `null` when the client never got an answer. */
  readonly status: number | null
  /** What it changed; `null` when nothing. */
  readonly effect: string | null
}

export interface HttpEmulator {
  readonly handle: Handler
  /** The same as a `fetch` function that honours the request's signal. The cloud goes on with what has been sent. */
  readonly fetch: typeof globalThis.fetch
  readonly faults: Faults
  /** The latest requests, at most 10,000. */
  readonly requests: readonly LoggedRequest[]
}

const longestLog = 10_000

/** The part of an emulator that is the same for every cloud: latency, faults, log. */
export function createHttpEmulator(options: HttpEmulatorOptions): HttpEmulator {
  const { clock, answer } = options
  const faults = createFaults()
  const requests: LoggedRequest[] = []

  const handle: Handler = async (request) => {
    const url = new URL(request.url)
    const path = `${url.pathname}${url.search}`
    const { method, headers } = request
    const body = await request.text()
    const fault = faults.next(method, path)
    if (fault?.kind === 'refuse') throw connectionError('refused')

    const effect = (lost: boolean): EmulatedAnswer => {
      const given: EmulatedAnswer = fault?.kind === 'status' ? fault : answer({ method, url, headers, body })
      record({ path, method, status: lost ? null : given.status, effect: given.effect ?? null })
      if (fault?.kind === 'meanwhile') fault.act()
      return given
    }
    const half = latency(options) / 2
    if (half > 0) await clock.sleep(half)
    switch (fault?.kind) {
      case 'hang':
        record({ path, method, status: null, effect: null })
        return new Promise(() => {})
      case 'dropBefore':
        record({ path, method, status: null, effect: null })
        throw connectionError('reset')
      case 'dropAfter':
        effect(true)
        throw connectionError('reset')
      case 'lateEffect':
        void clock.sleep(fault.seconds * 1000).then(() => effect(true))
        throw connectionError('reset')
      default:
        break
    }
    const given = effect(false)
    if (half > 0) await clock.sleep(half)
    const response = respond(given, fault)
    response.headers.set('date', new Date(clock.now()).toUTCString())
    return fault?.kind === 'trickle' ? trickle(response, fault, { clock, signal: request.signal }) : response
  }

  const record = (request: Omit<LoggedRequest, 'at'>): void => {
    requests.push({ at: clock.monotonic(), ...request })
    if (requests.length > longestLog) requests.shift()
  }

  return { handle, fetch: toFetch(handle), faults, requests }
}

function latency({ latencyMs = 0, random = () => 0.5 }: HttpEmulatorOptions): number {
  if (typeof latencyMs === 'number') return latencyMs
  const [least, most] = latencyMs
  return least + (most - least) * random()
}

function respond({ status, headers = {}, body, text }: EmulatedAnswer, fault: Fault | undefined): Response {
  if (fault?.kind === 'malformed') {
    const contentType = fault.contentType ?? 'application/json'
    return new Response(fault.text, { status, headers: { ...headers, 'content-type': contentType } })
  }
  if (text !== undefined) return new Response(text, { status, headers })
  if (body === undefined) return new Response(null, { status, headers })
  const sent = fault?.kind === 'truncate' ? withoutLast(body) : body
  return new Response(JSON.stringify(sent), { status, headers: { 'content-type': 'application/json', ...headers } })
}

/** The same answer, each list in it without its last item. */
function withoutLast(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, Array.isArray(value) ? value.slice(0, -1) : value]),
  )
}

/** A handler as `fetch`: rejects with the signal's reason at once, while the handler carries on. */
function toFetch(handle: Handler): typeof globalThis.fetch {
  return (input, init) => {
    const request = new Request(input, init)
    const { signal } = request
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const onAbort = (): void => reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
      handle(request)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', onAbort))
    })
  }
}
