/**
 * A `NodePlan` as the status shows it to the agents, beside its address: objects without alternatives, since the schema of a custom
 * resource knows none.
 */
export interface PublishedNodePlan {
  /** `Holder`: who has the address or is about to get it. `Candidates`: the standbys too. */
  readonly carriedBy: 'Holder' | 'Candidates'
  readonly prefixLength: number
  /** One of the others by the rule: `family` for `defaultRoute`, `mac`, `name`, `cidr` for `subnet`. */
  readonly device: {
    readonly rule: 'defaultRoute' | 'mac' | 'name' | 'subnet'
    readonly family?: 'ipv4' | 'ipv6'
    readonly mac?: string
    readonly name?: string
    readonly cidr?: string
  }
  readonly scope: 'global' | 'link' | 'host'
  readonly routes?: readonly { readonly destination: string; readonly via?: string }[]
  /** Where the cloud delivers to, known or to be asked for on the node. Absent: the address itself. */
  readonly translateFrom?: { readonly address?: string; readonly metadataUrl?: string }
  readonly announce: 'none' | 'arp' | 'ndp'
}
