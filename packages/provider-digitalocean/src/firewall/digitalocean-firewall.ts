import type { CallOptions } from '@failover-ip/provider'
import { createAsk } from '../ask.ts'
import type { Account } from '../ask.ts'
import type { DesiredFirewall } from './desired-firewall.ts'
import { createFirewallApi } from './firewall-api.ts'
import { reconcileFirewall } from './reconcile-firewall.ts'
import type { FirewallChange } from './reconcile-firewall.ts'

/** The firewalls of an account. The token needs the scopes firewall:read, create, update and delete. */
export interface DigitalOceanFirewall {
  reconcile(desired: DesiredFirewall, call: CallOptions): Promise<FirewallChange>
}

/**
 * @example
 * const firewall = createDigitalOceanFirewall({ token, fetch, clock, userAgent, apiUrl: 'https://api.digitalocean.com' })
 * await firewall.reconcile(desiredFirewall({ clusterID, ports: [{ protocol: 'TCP', port: 443 }] }), { signal })
 */
export function createDigitalOceanFirewall(account: Account): DigitalOceanFirewall {
  const api = createFirewallApi(createAsk(account))
  return { reconcile: (desired, call) => reconcileFirewall(api, desired, call) }
}
