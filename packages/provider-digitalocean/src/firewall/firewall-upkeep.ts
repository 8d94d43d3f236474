import type { Routing } from '@failover-ip/provider'
import type { FirewallParameters } from '../settings.ts'
import { desiredFirewall } from './desired-firewall.ts'
import type { ServicePort } from './desired-firewall.ts'
import type { FirewallApi } from './firewall-api.ts'
import { reconcileFirewall } from './reconcile-firewall.ts'

/** Keeps the firewall that the parameters ask for as long as there is a unit, and takes it away with the last. */
export function firewallUpkeep(
  api: FirewallApi,
  { clusterID, ports, sourceRanges }: FirewallParameters,
): NonNullable<Routing['upkeep']> {
  const wanted = ports.map((text): ServicePort => {
    const [port, protocol] = text.split('/')
    const from = sourceRanges === undefined ? {} : { sourceRanges }
    return { protocol: protocol === 'udp' ? 'UDP' : 'TCP', port: Number(port), ...from }
  })
  return async (units, call) => {
    await reconcileFirewall(api, desiredFirewall({ clusterID, ports: units.length === 0 ? [] : wanted }), call)
  }
}
