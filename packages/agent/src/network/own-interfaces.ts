import type { Link, NetworkState } from './network-state.ts'

/**
 * The interfaces that are the node's own: those with an address besides link-local ones and ours. Pods have an interface
 * each too, and come and go.
 */
export function ownInterfaces({ links, addresses }: NetworkState): readonly Link[] {
  const devices = new Set(
    addresses.flatMap(({ device, address, ours }) => (ours || isLinkLocal(address) ? [] : [device])),
  )
  return links.filter(({ name, mac }) => mac !== undefined && devices.has(name))
}

/** In the kernel's spelling. */
const isLinkLocal = (address: string): boolean => /^(169\.254\.|fe80:)/.test(address)
