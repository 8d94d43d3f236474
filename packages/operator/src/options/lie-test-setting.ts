import { parseProbeAddress } from '@failover-ip/core'
import type { Setting } from '@failover-ip/process'

/** One of each family. */
export interface LieTestAddresses {
  readonly ipv4: string
  readonly ipv6: string
}

/** Of the blocks that are set aside for documentation (RFC 5737, RFC 3849). */
export const defaultLieTestAddresses: LieTestAddresses = { ipv4: '192.0.2.1', ipv6: '2001:db8::1' }

export const lieTestSetting: Setting = {
  name: 'lie-test-address',
  value: 'ADDRESSES',
  default: Object.values(defaultLieTestAddresses).join(','),
  says: 'Addresses that nobody has, an IPv4 and an IPv6 one: that a node takes TCP connections is a sign of life only while these do not.',
  check: (text) =>
    readLieTestAddresses(text) === undefined
      ? `is not an IPv4 address, an IPv6 address, or one of each, such as ${defaultLieTestAddresses.ipv4}`
      : undefined,
}

/** The addresses of a list with commas; one that is not named is the default. `undefined` for anything else. */
export function readLieTestAddresses(text: string): LieTestAddresses | undefined {
  const addresses = text.split(',').map((each) => parseProbeAddress(each.trim()))
  const named: { ipv4?: string; ipv6?: string } = {}
  for (const address of addresses) {
    if (address === undefined || address.port !== undefined) return undefined
    const family = address.host.includes(':') ? 'ipv6' : 'ipv4'
    if (named[family] !== undefined) return undefined
    named[family] = address.host
  }
  return { ...defaultLieTestAddresses, ...named }
}
