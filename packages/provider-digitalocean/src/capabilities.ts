import type { Capabilities } from '@failover-ip/provider'
import type { DigitalOceanParameters } from './settings.ts'

/**
 * What DigitalOcean's reserved addresses can do. One address per Droplet is documented; that IPv4 and IPv6 are counted
 * apart is not verified (the metadata has a place for one of each: the parameter `slots` turns it), nor how long reads lag. Actions take some 10 s, and
 * an IPv6 address does not say that one is under way, so that only after them a read disproves a change. A Droplet with an
 * action under way was seen to refuse another ("Droplet already has a pending event").
 */
export const capabilities: Capabilities = {
  unitPrefixLength: { ipv4: 32, ipv6: 128 },
  locationRule: { location: 'region' },
  slotsPerServer: 1,
  slotsPerFamily: true,
  oneChangePerServer: true,
  move: 'direct',
  release: true,
  asynchronous: true,
  eventualReadSeconds: 15,
  coolDownSeconds: 0,
  accountWindows: [],
  node: 'holder',
  announce: false,
  ipMode: 'VIP',
}

/** What holds where the unverified facts were found to be otherwise. */
export function capabilitiesFor({ move, slots }: DigitalOceanParameters): Capabilities {
  return {
    ...capabilities,
    slotsPerFamily: slots === 'perFamily',
    move: move === 'direct' ? 'direct' : 'tryThenRelease',
  }
}
