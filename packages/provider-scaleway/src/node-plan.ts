import type { NodePlan } from '@failover-ip/provider'
import { familyOf } from '@failover-ip/provider-kit'

/**
 * The address alone on the public interface, which is the one of the IPv4 default route: a candidate has no IPv6 route
 * before a prefix is attached. Packets are routed to the Instance, so that nothing is announced.
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
