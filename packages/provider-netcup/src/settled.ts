import { isProviderError } from '@failover-ip/provider'
import type { ProviderError } from '@failover-ip/provider'

/** What a read gives, or the error of the contract that it rejects with. The signal's reason passes. */
export async function settled<Value>(read: Promise<Value>): Promise<Value | ProviderError> {
  try {
    return await read
  } catch (error) {
    if (!isProviderError(error)) throw error
    return error
  }
}
