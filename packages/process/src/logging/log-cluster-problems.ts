import type { ReflectorProblem } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { errorText } from './error-text.ts'
import type { Logger } from './logger.ts'
import { createRepetition } from './repetition.ts'

export interface ClusterProblemLog {
  readonly onProblem: (problem: ReflectorProblem) => void
  readonly onRecovered: (problem: ReflectorProblem) => void
}

/**
 * Logs what keeps the caches from being fresh, and when that is over. An API server that is away is one piece of news,
 * though every collection reports it, and so is its return.
 */
export function logClusterProblems(logger: Logger, clock: Clock): ClusterProblemLog {
  const isNews = createRepetition(clock)
  let awaySince: number | undefined
  return {
    onProblem: ({ code, message, cause }) => {
      const known = code === 'Unavailable' ? awaySince !== undefined : code === 'Malformed' && !isNews(message)
      if (code === 'Unavailable') awaySince ??= clock.monotonic()
      const fields = { code, error: cause === undefined ? undefined : errorText(cause) }
      if (known) logger.debug(message, fields)
      else logger.warn(message, fields)
    },
    onRecovered: ({ code, what }) => {
      if (code !== 'Unavailable') return logger.info('Followed again.', { collection: what })
      if (awaySince === undefined) return
      const seconds = Math.round((clock.monotonic() - awaySince) / 100) / 10
      awaySince = undefined
      logger.info('The API server answers again.', { seconds })
    },
  }
}
