import { ProviderError } from '@failover-ip/provider'
import type { ProviderErrorCode } from '@failover-ip/provider'
import type { Answer } from './exchange.ts'
import { outcomeOf } from './mutation.ts'
import { longestWait, retryAfterSeconds } from './retry-after.ts'

export interface StatusErrorOptions {
  /** Of the request. */
  readonly method: string
  /** It only asks, whatever its method says. */
  readonly asks?: boolean | undefined
  /** One sentence for the user. Without secrets. */
  readonly message: string
  /** Wall time in milliseconds, for `Retry-After` with a date. */
  readonly now: number
  /** When the provider knows better than the status. */
  readonly code?: ProviderErrorCode | undefined
  /** When the body, not the header, says how long to wait. */
  readonly retryAfterSeconds?: number | undefined
  readonly cause?: unknown
}

/** The error for an answer that is not a success. */
export function statusError(answer: Pick<Answer, 'status' | 'headers'>, options: StatusErrorOptions): ProviderError {
  const said = options.retryAfterSeconds
  const wait = isWait(said) ? Math.min(said, longestWait) : retryAfterSeconds(answer.headers, options.now)
  return new ProviderError(options.code ?? codeOfStatus(answer.status, wait), options.message, {
    outcome: outcomeOf(options.method, answer.status, options.asks),
    status: answer.status,
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  })
}

/** An author's `Number(text)` may have made anything of it. */
function isWait(seconds: number | undefined): seconds is number {
  return seconds !== undefined && Number.isFinite(seconds) && seconds >= 0
}

/** What a status means when nothing more is known. A 503 that says when to come back is `Busy`. */
export function codeOfStatus(status: number, wait?: number): ProviderErrorCode {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return 'Denied'
    case 404:
    case 410:
      return 'NotFound'
    case 405:
    case 501:
      return 'Unsupported'
    case 409:
    case 412:
      return 'Conflict'
    case 423:
    case 425:
      return 'Busy'
    case 429:
      return 'RateLimited'
    case 408:
      return 'Transient'
    case 503:
      return wait === undefined ? 'Transient' : 'Busy'
    default:
      return status >= 300 && status < 500 ? 'Invalid' : 'Transient'
  }
}
