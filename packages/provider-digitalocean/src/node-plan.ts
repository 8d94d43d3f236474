import type { NodePlan } from '@failover-ip/provider'
import { familyOf } from '@failover-ip/provider-kit'

/** Says which address of its own a Droplet receives IPv4 packets at; it answers on the Droplet alone. */
const anchorUrl = 'http://169.254.169.254/metadata/v1/interfaces/public/0/anchor_ipv4/address'

/**
 * The address alone on the loopback interface: nothing of it is on the wire. Packets for an IPv4 address arrive at the
 * holder's anchor address, which each Droplet has of its own and only its metadata tells; packets for an IPv6 address
 * arrive as they are. That the platform takes the anchor's answers back through the default route is not verified.
 */
export function nodePlan(address: string): NodePlan {
  const isV4 = familyOf(address) === 'ipv4'
  return {
    address,
    prefixLength: isV4 ? 32 : 128,
    device: { rule: 'name', name: 'lo' },
    scope: isV4 ? 'host' : 'global',
    routes: [],
    ...(isV4 ? { translateFrom: { metadataUrl: anchorUrl } } : {}),
    announce: 'none',
  }
}
