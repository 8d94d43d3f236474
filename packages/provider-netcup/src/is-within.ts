import { canonicalUnit } from '@failover-ip/provider-kit'

/** Whether an address lies in a network in CIDR form. */
export function isWithin(address: string, network: string): boolean {
  const [, prefixLength = ''] = network.split('/')
  const own = canonicalUnit(network)
  return own !== undefined && canonicalUnit(`${address}/${prefixLength}`) === own
}
