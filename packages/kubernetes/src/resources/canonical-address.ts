import ipaddr from 'ipaddr.js'

/**
 * The one spelling of an address that Kubernetes' CEL calls canonical (`ip.isCanonical`): lower case, shortest IPv6,
 * no zone, no IPv4 in IPv6. Gives undefined for what is no address.
 */
export function canonicalAddress(text: string): string | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    const address = ipaddr.IPv4.parse(text)
    return hasLeadingZero(text) ? undefined : address.toString()
  }
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return undefined
  const address = ipaddr.IPv6.parse(text)
  return address.isIPv4MappedAddress() ? undefined : address.toRFC5952String()
}

/** The same for a network: its address is the first one of the network. */
export function canonicalCidr(text: string): string | undefined {
  const [address, length, more] = text.split('/')
  if (address === undefined || length === undefined || more !== undefined) return undefined
  const canonical = canonicalAddress(address)
  if (canonical === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(length)) return undefined
  const bits = Number(length)
  if (bits > (canonical.includes(':') ? 128 : 32)) return undefined
  const network = canonical.includes(':')
    ? ipaddr.IPv6.networkAddressFromCIDR(`${canonical}/${bits}`).toRFC5952String()
    : ipaddr.IPv4.networkAddressFromCIDR(`${canonical}/${bits}`).toString()
  return `${network}/${bits}`
}

/** Leading zeros are octal to some and decimal to others, so that Kubernetes takes neither. */
function hasLeadingZero(text: string): boolean {
  return text.split('.').some((part) => part.length > 1 && part.startsWith('0'))
}
