import type { NodePlan } from '@failover-ip/provider'
import { isWithin } from '../network/address-text.ts'
import type { NetworkState } from '../network/network-state.ts'

/** The device that a plan's rule means on this node, or what is missing. */
export function findDevice(
  rule: NodePlan['device'],
  { links, addresses, defaultDevice }: NetworkState,
): { readonly device: string } | { readonly missing: string } {
  const found = (device: string | undefined, missing: string): ReturnType<typeof findDevice> =>
    device === undefined || links.every(({ name }) => name !== device) ? { missing } : { device }
  switch (rule.rule) {
    case 'defaultRoute':
      return found(defaultDevice[rule.family], `no default route of ${rule.family}`)
    case 'mac': {
      // A bridge or bond has the address of a member, and then it is the one that carries addresses.
      const owners = links.filter(({ mac }) => mac === rule.mac.toLowerCase())
      return found(
        (owners.find(({ enslaved }) => !enslaved) ?? owners[0])?.name,
        `no interface with the MAC ${rule.mac}`,
      )
    }
    case 'name':
      return found(links.find(({ name }) => name === rule.name)?.name, `no interface named ${rule.name}`)
    case 'subnet': {
      // An address of ours may lie in the subnet too, and says nothing about where the subnet is.
      const inside = addresses.find(({ ours, address }) => !ours && isWithin(address, rule.cidr))
      return found(inside?.device, `no interface with an address in ${rule.cidr}`)
    }
  }
}
