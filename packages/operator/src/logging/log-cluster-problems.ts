import type { ReflectorProblem } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import type { Logger } from './logger.ts'

/** Milliseconds in which an API server that is away is one piece of news, though every collection reports it. */
const outageInterval = 10_000

/** Logs what keeps the caches from being fresh: one line for each change. */
export function logClusterProblems(logger: Logger, clock: Clock): (problem: ReflectorProblem) => void {
  let outageLoggedAt = Number.NEGATIVE_INFINITY
  return ({ code, message }) => {
    const known = code === 'Unavailable' && clock.monotonic() - outageLoggedAt < outageInterval
    if (known) return logger.debug(message, { code })
    if (code === 'Unavailable') outageLoggedAt = clock.monotonic()
    logger.warn(message, { code })
  }
}
