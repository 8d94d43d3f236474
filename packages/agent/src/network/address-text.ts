import { BlockList, isIP, SocketAddress } from 'node:net'

export type Family = 'ipv4' | 'ipv6'

export function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

/** The kernel's spelling of an address; `undefined` for what is none. */
export function canonicalAddress(text: string): string | undefined {
  if (isIP(text) === 0 || text.includes('%')) return undefined
  return new SocketAddress({ address: text, family: familyOf(text) }).address
}

/** The kernel's spelling of a network, an address alone included; `undefined` for what is none. */
export function canonicalNetwork(text: string): string | undefined {
  const [network = '', length, ...rest] = text.split('/')
  const address = canonicalAddress(network)
  const whole = network.includes(':') ? 128 : 32
  if (address === undefined || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined
  return Number(length ?? whole) <= whole ? `${address}/${Number(length ?? whole)}` : undefined
}

/** Whether the address lies in the network. */
export function isWithin(address: string, cidr: string): boolean {
  const [network = '', length = ''] = cidr.split('/')
  const list = new BlockList()
  list.addSubnet(network, Number(length), familyOf(network))
  return list.check(address, familyOf(address))
}
