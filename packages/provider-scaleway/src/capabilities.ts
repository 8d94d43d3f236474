import type { Capabilities } from '@failover-ip/provider'

/**
 * What Scaleway's routed addresses can do. The limit per Instance is that of Scaleway's documentation of early 2025; that
 * reads may lag behind is an assumption: neither is verified.
 */
export const capabilities: Capabilities = {
  unitPrefixLength: { ipv4: 32, ipv6: 64 },
  locationRule: { location: 'zone' },
  slotsPerServer: 5,
  move: 'tryThenRelease',
  release: true,
  asynchronous: true,
  eventualReadSeconds: 5,
  coolDownSeconds: 0,
  accountWindows: [],
  node: 'candidates',
  announce: false,
  ipMode: 'VIP',
}
