import { isProviderError, ProviderError } from '@failover-ip/provider'

/**
 * The same error for a request that changes no routing. HTTP's method does not tell: the login and all of SOAP are POST, of
 * which a lost answer otherwise leaves everything open.
 */
export function notApplied(error: unknown): unknown {
  if (!isProviderError(error) || error.outcome === 'not-applied') return error
  const { code, message, cause, status, retryAfterSeconds } = error
  return new ProviderError(code, message, {
    outcome: 'not-applied',
    cause,
    ...(status === undefined ? {} : { status }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  })
}
