import type { LeaderElectionEvent } from '@failover-ip/kubernetes'
import { type Logger, errorText } from '@failover-ip/process'

export function logElection(logger: Logger, event: LeaderElectionEvent): void {
  switch (event.type) {
    case 'leading':
      return logger.info('Leading.', { transitions: event.transitions })
    case 'lost':
      return logger.warn('Leadership was lost.', { reason: event.reason })
    case 'released':
      return logger.info('The Lease was released.')
    case 'holder':
      return event.holder === undefined
        ? logger.info('Nobody holds the Lease now.')
        : logger.info('The Lease has another holder now.', { holder: event.holder })
    case 'trouble':
      return logger.warn('The Lease cannot be read or written; trying on.', { error: errorText(event.error) })
    case 'recovered':
      return logger.info('The Lease can be read and written again.')
  }
}
