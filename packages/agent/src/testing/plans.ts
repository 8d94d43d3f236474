import type { NodePlan } from '@failover-ip/provider'
import type { NetworkState } from '../network/network-state.ts'

/** As a cloud asks that routes an address to the server. */
export const routedPlan = (address: string): NodePlan => ({
  address,
  prefixLength: address.includes(':') ? 128 : 32,
  device: { rule: 'defaultRoute', family: 'ipv4' },
  scope: 'global',
  routes: [],
  announce: 'none',
})

export const anchorUrl = 'http://169.254.169.254/anchor'

/** As a cloud asks that delivers to another address, which only the node can learn. */
export const anchoredPlan = (address: string): NodePlan => ({
  ...routedPlan(address),
  device: { rule: 'name', name: 'lo' },
  scope: address.includes(':') ? 'global' : 'host',
  translateFrom: { metadataUrl: anchorUrl },
})

/** A node with one interface, on which lies its own address and its anchor. */
export const plainNode: NetworkState = {
  links: [
    { name: 'lo', enslaved: false },
    { name: 'eth0', mac: '02:00:00:00:00:01', enslaved: false },
  ],
  addresses: ['192.0.2.10', '10.17.0.5'].map((address) => ({
    device: 'eth0',
    address,
    prefixLength: 24,
    scope: 'global',
    ours: false,
    settled: true,
  })),
  defaultDevice: { ipv4: 'eth0' },
  routes: [],
  translations: { kind: 'absent' },
}
