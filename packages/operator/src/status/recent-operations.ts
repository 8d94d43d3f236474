import { parseInstant } from '@failover-ip/core'
import type { FailoverIPClassStatus, RecentOperation } from '@failover-ip/kubernetes'
import type { Capabilities } from '@failover-ip/provider'

/** As the class's schema allows. */
const maximumOperations = 128

/** The class's status with one more operation, and without those that no window or cool-down counts any more. */
export function withOperation(
  status: FailoverIPClassStatus,
  operation: RecentOperation,
  { accountWindows, coolDownSeconds }: Pick<Capabilities, 'accountWindows' | 'coolDownSeconds'>,
): FailoverIPClassStatus {
  const longest = Math.max(coolDownSeconds, ...accountWindows.map(({ seconds }) => seconds)) * 1000
  const oldest = (parseInstant(operation.at) ?? 0) - longest
  const counted = (status.recentOperations ?? []).filter(({ at }) => (parseInstant(at) ?? 0) >= oldest)
  return { ...status, recentOperations: [...counted, operation].slice(-maximumOperations) }
}
