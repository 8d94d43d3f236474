import type { Clock } from '@failover-ip/provider'
import { apiErrorOf } from '../client/api-error.ts'
import { untilAborted, withDeadline } from '@failover-ip/core'
import type { KubernetesTransport } from '../transport/kubernetes-transport.ts'
import { jsonOrText, readBody } from '../transport/read-body.ts'
import { readLines } from '../transport/read-lines.ts'
import { parseWatchEvent, type WatchEvent } from './watch-event.ts'

export interface WatchOptions {
  readonly transport: KubernetesTransport
  readonly clock: Clock
  readonly path: string
  readonly signal: AbortSignal
  /** Milliseconds until the head of the answer has to be there. */
  readonly headDeadline: number
  /** Milliseconds of silence after which the connection counts as dead. */
  readonly readDeadline: number
  readonly freshConnection: boolean
  /** The server has accepted the watch. */
  readonly onOpen: () => void
}

/** The watch was silent for too long: its connection may be dead without either end knowing. */
export class SilentWatchError extends Error {
  override readonly name: string = 'SilentWatchError'
}

const maximumErrorBytes = 1024 * 1024

/**
 * Runs one watch. Ends when the server ends it; throws `ApiError` when it is refused, `SilentWatchError` after too
 * long a silence, `TransportError` when the connection breaks, the signal's reason when aborted. Leaving the loop
 * closes the connection.
 */
export async function* openWatch(options: WatchOptions): AsyncGenerator<WatchEvent, void, undefined> {
  const { clock, readDeadline, signal } = options
  const connection = new AbortController()
  const forward = (): void => connection.abort(signal.reason)
  signal.addEventListener('abort', forward, { once: true })
  const silence = createSilenceGuard(clock, readDeadline, connection)
  let lines: AsyncGenerator<string, void, undefined> | undefined
  try {
    const response = await requestWatch(options, connection.signal)
    options.onOpen()
    silence.start()
    lines = readLines(response.body)
    for (;;) {
      const line = await untilAborted(connection.signal, lines.next())
      if (line.done === true) return
      silence.heard()
      yield parseWatchEvent(line.value)
      // While the consumer works, the stream is not silent: nobody listens.
      silence.heard()
    }
  } finally {
    signal.removeEventListener('abort', forward)
    connection.abort(new Error('the watch is over'))
    lines?.return().catch(() => undefined)
  }
}

async function requestWatch(
  { transport, clock, path, headDeadline, freshConnection }: WatchOptions,
  signal: AbortSignal,
): ReturnType<KubernetesTransport['request']> {
  return withDeadline({ clock, milliseconds: headDeadline, signal, what: 'opening a watch' }, async (headSignal) => {
    // The connection outlives the head's deadline, so it hangs on the watch's own signal.
    const opening = transport.request({ method: 'GET', path, signal, ...(freshConnection ? { freshConnection } : {}) })
    const response = await opening
    headSignal.throwIfAborted()
    if (response.status === 200) return response
    const body = jsonOrText(await readBody(response, maximumErrorBytes))
    throw apiErrorOf(response.status, body, response.headers.get('retry-after'))
  })
}

interface SilenceGuard {
  start(): void
  heard(): void
}

/** One sleeping timer for the whole stream instead of one for each line. */
function createSilenceGuard(clock: Clock, readDeadline: number, connection: AbortController): SilenceGuard {
  let last = clock.monotonic()
  const guard = async (): Promise<void> => {
    for (;;) {
      const rest = last + readDeadline - clock.monotonic()
      if (rest <= 0) return connection.abort(new SilentWatchError(`nothing was heard for ${readDeadline} ms`))
      await clock.sleep(rest, { signal: connection.signal })
    }
  }
  return {
    start: () => {
      last = clock.monotonic()
      guard().catch(() => undefined)
    },
    heard: () => {
      last = clock.monotonic()
    },
  }
}
