import type { NodePlan } from '@failover-ip/provider'
import { familyOf } from '@failover-ip/provider-kit'

/**
 * The address alone on the public interface, which is the one of the IPv4 default route. Packets for an IPv6 prefix are
 * sent to the server's own EUI-64 address, which must stay on the interface (said by users of the API, unverified).
 */
export function nodePlan(address: string): NodePlan {
  return {
    address,
    prefixLength: familyOf(address) === 'ipv4' ? 32 : 128,
    device: { rule: 'defaultRoute', family: 'ipv4' },
    scope: 'global',
    routes: [],
    announce: 'none',
  }
}
