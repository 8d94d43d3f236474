import { isApiError } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { errorText } from './error-text.ts'
import type { Logger } from './logger.ts'
import { createRepetition } from './repetition.ts'

/**
 * Logs what failed and is tried again. Nothing is said twice within ten minutes; a missing right, which fails for each
 * object alike, is said once for its kind.
 */
export function logTrouble(logger: Logger, clock: Clock): (error: unknown) => void {
  const isNews = createRepetition(clock)
  return (error) => {
    const text = errorText(error)
    const isForbidden = isApiError(error, 'Forbidden')
    const message = isForbidden ? 'A right is missing in Kubernetes; trying on.' : 'Something failed and was survived.'
    if (isNews(isForbidden ? `${message} ${error.details?.kind ?? ''}` : text)) logger.error(message, { error: text })
    else logger.debug(message, { error: text })
  }
}
