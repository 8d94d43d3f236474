import { ProviderError, type ProviderErrorCode } from '@failover-ip/provider'

const codes: ReadonlySet<unknown> = new Set<ProviderErrorCode>([
  'NotFound',
  'Conflict',
  'Busy',
  'RateLimited',
  'Denied',
  'Unsupported',
  'Invalid',
  'Transient',
])

/** Seconds: a cloud that wants to be left alone for longer is asked now and then all the same. */
const mostRetryAfter = 600

/**
 * A provider's error that can be relied on. It may come from another copy of the contract's package, or from an author
 * who took a date for a number: an unknown code is `Transient`, an unknown outcome `unknown`, a pause that is no number none.
 */
export function soundError(error: ProviderError): ProviderError {
  const { message, status, cause } = error
  const code = codes.has(error.code) ? error.code : 'Transient'
  const outcome = error.outcome === 'not-applied' ? 'not-applied' : 'unknown'
  const retryAfterSeconds = soundPause(error.retryAfterSeconds)
  if (code === error.code && outcome === error.outcome && retryAfterSeconds === error.retryAfterSeconds) return error
  return new ProviderError(code, message, {
    outcome,
    cause,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(status === undefined ? {} : { status }),
  })
}

function soundPause(seconds: number | undefined): number | undefined {
  if (seconds === undefined || !Number.isFinite(seconds)) return undefined
  return Math.min(Math.max(seconds, 0), mostRetryAfter)
}
