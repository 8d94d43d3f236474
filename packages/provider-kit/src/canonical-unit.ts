import ipaddr from 'ipaddr.js'

/**
 * A routed unit in canonical form: the network's address (RFC 5952 for IPv6) and the prefix length. A single address gets
 * the length of its family. `undefined` when the text is neither.
 *
 * @example
 * canonicalUnit('51.15.129.35')               // '51.15.129.35/32'
 * canonicalUnit('2001:BC8:710:3c3b:0::1/64')  // '2001:bc8:710:3c3b::/64'
 */
export function canonicalUnit(text: string): string | undefined {
  const [address = '', length, ...rest] = text.split('/')
  if (rest.length > 0 || !(ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)))
    return undefined
  if (address.includes('%')) return undefined
  const parsed = ipaddr.parse(address)
  const longest = parsed.kind() === 'ipv4' ? 32 : 128
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > longest)) return undefined
  const prefixLength = length === undefined ? longest : Number(length)
  const cidr = `${address}/${prefixLength}`
  const network =
    parsed instanceof ipaddr.IPv4
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr).toString()
      : ipaddr.IPv6.networkAddressFromCIDR(cidr).toRFC5952String()
  return `${network}/${prefixLength}`
}

/** The family of a unit or address in canonical form. */
export function familyOf(unit: string): 'ipv4' | 'ipv6' {
  return unit.includes(':') ? 'ipv6' : 'ipv4'
}
