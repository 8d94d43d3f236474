import type { Outcome } from '@failover-ip/provider'

/** Methods that change nothing: whatever becomes of such a request, nothing was applied. */
const readMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

export function isRead(method: string): boolean {
  return readMethods.includes(method.toUpperCase())
}

/**
 * What an answer that is not a success says about the effect of its request. A refusal (3xx, 4xx) was not applied; a
 * server error, a time-out at a gateway, or a success that cannot be read leaves a mutation unknown.
 *
 * @param asks the request only asks, whatever its method says
 */
export function outcomeOf(method: string, status: number, asks: boolean = isRead(method)): Outcome {
  if (asks) return 'not-applied'
  return status >= 300 && status < 500 && status !== 408 ? 'not-applied' : 'unknown'
}
