import { joinRules } from './firewall-rule.ts'
import type { FirewallRule } from './firewall-rule.ts'

/** A firewall of our own, on all Droplets of a cluster. */
export interface DesiredFirewall {
  readonly name: string
  readonly tag: string
  /** Joined (see `joinRules`); none: there is to be no such firewall. */
  readonly rules: readonly FirewallRule[]
}

export interface ServicePort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
  /** `loadBalancerSourceRanges`. Default: everybody. */
  readonly sourceRanges?: readonly string[]
}

const everybody: readonly string[] = ['0.0.0.0/0', '::/0']

/**
 * The firewall that lets clients reach the ports of all Services of a cluster, beside the one that DigitalOcean manages,
 * which opens NodePorts alone: firewalls add up. Pure. SCTP, which DigitalOcean's firewalls do not know, is left out.
 *
 * @param clusterID of the DOKS cluster: its Droplets carry the tag `k8s:<clusterID>`, which must exist
 *
 * @example
 * desiredFirewall({ clusterID, ports: [{ protocol: 'TCP', port: 443 }] }).name // 'failover-ip-<clusterID>'
 */
export function desiredFirewall(input: {
  readonly clusterID: string
  readonly ports: readonly ServicePort[]
}): DesiredFirewall {
  const { clusterID, ports } = input
  if (!/^[a-z0-9][a-z0-9-]{0,99}$/.test(clusterID)) {
    throw new TypeError('clusterID must be the identifier of a cluster: letters, digits and dashes.')
  }
  const rules = ports.flatMap(({ protocol, port, sourceRanges = everybody }): FirewallRule[] =>
    protocol === 'SCTP' || sourceRanges.length === 0
      ? []
      : [{ protocol: protocol === 'TCP' ? 'tcp' : 'udp', ports: [port, port], sources: sourceRanges }],
  )
  return { name: `failover-ip-${clusterID}`, tag: `k8s:${clusterID}`, rules: joinRules(rules) }
}
