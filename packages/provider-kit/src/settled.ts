import { isProviderError } from '@failover-ip/provider'
import type { ProviderError } from '@failover-ip/provider'

/**
 * What a call gives, or the `ProviderError` that it rejects with: for `observe`, `resolve` and `serverStates`, which turn
 * errors into data. The signal's reason passes.
 *
 * @example
 * const ips = await settled(listAddresses(signal))
 * if (isProviderError(ips)) return units.map((unit) => ({ kind: 'unknown', unit, error: ips }))
 */
export async function settled<Value>(call: Promise<Value>): Promise<Value | ProviderError> {
  try {
    return await call
  } catch (error) {
    if (!isProviderError(error)) throw error
    return error
  }
}
