import { TransportError } from '@failover-ip/kubernetes'
import type { KubernetesRequest, KubernetesResponse, KubernetesTransport } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

import { ApiError } from './api-error.ts'
import { statusResponse } from './present-reply.ts'

/** What goes wrong. */
export type FaultAction =
  /** Nobody listens: the request is surely not applied. */
  | { readonly type: 'refuse' }
  /** Half-open: requests get no answer, and open watches go silent without ending, until the client gives up. */
  | { readonly type: 'hang' }
  /** The request is applied, its answer is lost. */
  | { readonly type: 'loseAnswer' }
  /** An answer instead of the server's: 401, 403, 429, 500, 503. */
  | { readonly type: 'answer'; readonly status: number; readonly reason: string; readonly retryAfterSeconds?: number }
  /** The request arrives later. */
  | { readonly type: 'delay'; readonly milliseconds: number }

export interface Fault {
  readonly action: FaultAction
  /** Which requests; default: all. */
  readonly matches?: (request: KubernetesRequest) => boolean
  /** After so many requests it is over; default: when lifted. */
  readonly times?: number
}

export interface InjectedFault {
  /** How many requests it met. */
  readonly hits: number
  lift(): void
}

/** A transport with things that can go wrong on the way. */
export interface FaultyTransport extends KubernetesTransport {
  inject(fault: Fault): InjectedFault
  /** Breaks the connections of open watches, all or those that match; gives how many. */
  dropWatches(matches?: (request: KubernetesRequest) => boolean): number
  /** Lifts every fault. What was cut stays cut. */
  liftAll(): void
}

interface ActiveFault {
  readonly fault: Fault
  hits: number
}

interface OpenStream {
  readonly request: KubernetesRequest
  readonly cut: AbortController
}

/**
 * @example
 * const api = withFaults(server.transport, clock)
 * const away = api.inject({ action: { type: 'refuse' } })
 * away.lift()
 */
export function withFaults(inner: KubernetesTransport, clock: Clock): FaultyTransport {
  let active: readonly ActiveFault[] = []
  const open = new Set<OpenStream>()

  const find = (request: KubernetesRequest): ActiveFault | undefined =>
    active.find(({ fault, hits }) => hits < (fault.times ?? Infinity) && fault.matches?.(request) !== false)
  const hangs = (request: KubernetesRequest): boolean => find(request)?.fault.action.type === 'hang'

  const forward = async (request: KubernetesRequest): Promise<KubernetesResponse> => {
    const cut = new AbortController()
    const stream: OpenStream = { request, cut }
    const response = await inner.request({ ...request, signal: AbortSignal.any([request.signal, cut.signal]) })
    open.add(stream)
    return {
      ...response,
      body: relay(
        response.body,
        () => hangs(request),
        request.signal,
        () => open.delete(stream),
      ),
    }
  }

  const request = async (wanted: KubernetesRequest): Promise<KubernetesResponse> => {
    wanted.signal.throwIfAborted()
    const met = find(wanted)
    if (met === undefined) return await forward(wanted)
    met.hits += 1
    return await act(met.fault.action, wanted, forward, clock)
  }

  return {
    request,
    inject: (fault) => {
      const entry: ActiveFault = { fault, hits: 0 }
      active = [...active, entry]
      return {
        get hits() {
          return entry.hits
        },
        lift: () => {
          active = active.filter((other) => other !== entry)
        },
      }
    },
    dropWatches: (matches = () => true) => {
      const dropped = [...open].filter((stream) => isWatch(stream.request) && matches(stream.request))
      for (const { cut } of dropped) cut.abort(lost('the connection was reset'))
      return dropped.length
    },
    liftAll: () => {
      active = []
    },
  }
}

async function act(
  action: FaultAction,
  request: KubernetesRequest,
  forward: (request: KubernetesRequest) => Promise<KubernetesResponse>,
  clock: Clock,
): Promise<KubernetesResponse> {
  switch (action.type) {
    case 'refuse':
      throw new TransportError('The API server refuses connections.', { code: 'ECONNREFUSED', outcome: 'not-applied' })
    case 'hang':
      return await aborted(request.signal)
    case 'loseAnswer': {
      const { body } = await forward(request)
      for await (const _chunk of body) if (isWatch(request)) break
      throw lost('the answer was lost')
    }
    case 'answer': {
      const details = action.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: action.retryAfterSeconds }
      return statusResponse(new ApiError(action.status, action.reason, `injected: ${action.reason}`, details).status)
    }
    case 'delay':
      await clock.sleep(action.milliseconds, { signal: request.signal })
      return await forward(request)
  }
}

/** Passes a body on until a hang begins; from then on the stream neither gives anything nor ends. */
async function* relay(
  body: AsyncIterable<Uint8Array>,
  hangs: () => boolean,
  signal: AbortSignal,
  onEnd: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      if (hangs()) await aborted(signal)
      yield chunk
    }
    if (hangs()) await aborted(signal)
  } finally {
    onEnd()
  }
}

/** Rejects with the signal's reason once it is aborted, and never resolves. */
async function aborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted()
  return await new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

const isWatch = ({ path }: KubernetesRequest): boolean => /[?&]watch=(true|1)(&|$)/u.test(path)

function lost(why: string): TransportError {
  return new TransportError(`The API server gave no answer: ${why}.`, { code: 'ECONNRESET', outcome: 'unknown' })
}
