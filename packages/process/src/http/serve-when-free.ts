import type { Clock } from '@failover-ip/provider'
import { errorText } from '../logging/error-text.ts'
import type { Logger } from '../logging/logger.ts'
import type { BindAddress } from './bind-address.ts'
import type { Endpoints } from './endpoint.ts'
import type { ServedEndpoints, ServeEndpoints } from './serve-endpoints.ts'

export interface ServingPorts {
  readonly serve: ServeEndpoints
  readonly clock: Clock
  readonly logger: Logger
}

/** Milliseconds: after the first failure, then twice as long each time, up to the most. */
const firstPause = 1000
const longestPause = 60_000

/**
 * Serves what nobody's life depends on. An address that cannot be had is said once and tried again, ever less often, until it is closed.
 * Resolves after the first attempt, and never rejects.
 *
 * @param what in words, such as `metrics`
 */
export async function serveWhenFree(
  what: string,
  address: BindAddress,
  endpoints: Endpoints,
  { serve, clock, logger }: ServingPorts,
): Promise<Pick<ServedEndpoints, 'close'>> {
  const stop = new AbortController()
  const attempt = async (): Promise<ServedEndpoints | Error> =>
    await serve(address, endpoints).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    )
  const retry = async (): Promise<ServedEndpoints> => {
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      await clock.sleep(pause, { signal: stop.signal })
      const outcome = await attempt()
      if (outcome instanceof Error) continue
      logger.info(`Serving ${what} now.`)
      return outcome
    }
  }
  const first = await attempt()
  if (!(first instanceof Error)) return first
  logger.error(`Serving no ${what}; all else goes on, and it is tried again.`, { error: errorText(first) })
  const late = retry().catch(() => undefined)
  return {
    close: async () => {
      stop.abort()
      await (await late)?.close()
    },
  }
}
