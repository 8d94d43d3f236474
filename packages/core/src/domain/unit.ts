import type { Capabilities } from '@failover-ip/provider'
import ipaddr from 'ipaddr.js'

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
/** Asked for each address in each turn, and many times quicker than to parse it. */
const canonicalIPv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`)

/**
 * The unit that a provider routes for a canonical address, in canonical CIDR form; `undefined` for what is no IP address, or of
 * a family that the provider does not route.
 *
 * @example
 * unitOf('2001:bc8:710:3c3b::1', { ipv4: 32, ipv6: 64 }) // '2001:bc8:710:3c3b::/64'
 */
export function unitOf(address: string, prefixLength: Capabilities['unitPrefixLength']): string | undefined {
  if (canonicalIPv4.test(address)) {
    if (prefixLength.ipv4 === undefined) return undefined
    if (prefixLength.ipv4 === 32) return `${address}/32`
    const cidr = `${address}/${prefixLength.ipv4}`
    return `${ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()}/${prefixLength.ipv4}`
  }
  if (ipaddr.IPv6.isValid(address)) {
    if (prefixLength.ipv6 === undefined) return undefined
    const cidr = `${address}/${prefixLength.ipv6}`
    return `${ipaddr.IPv6.networkAddressFromCIDR(cidr).toRFC5952String()}/${prefixLength.ipv6}`
  }
  return undefined
}
