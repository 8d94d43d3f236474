import { startCloudOnBridge, type CloudName, type CloudOnBridge } from '../harness/cloud-on-bridge.ts'
import type { ClusterNode } from '../harness/cluster-node.ts'
import { ipv4, ipv6, unitV4, unitV6 } from '../harness/failover-scene.ts'

/** What clients dial, and what the cloud routes for it. */
export interface RoutedAddress {
  readonly address: string
  readonly unit: string
}

interface Addresses {
  readonly v4: RoutedAddress
  readonly v6: RoutedAddress
}

/** A cloud with an address of each family. */
export interface StageCloud extends CloudOnBridge, Addresses {}

/** Such as each cloud has. */
const addresses: Readonly<Record<CloudName, Addresses>> = {
  digitalocean: {
    v4: { address: '45.55.96.47', unit: '45.55.96.47/32' },
    v6: { address: '2604:a880:800:14::42:1', unit: '2604:a880:800:14::42:1/128' },
  },
  netcup: {
    v4: { address: '198.18.88.63', unit: '198.18.88.63/32' },
    v6: { address: '2001:db8:a:20::1', unit: '2001:db8:a:20::/64' },
  },
  scaleway: { v4: { address: ipv4, unit: unitV4 }, v6: { address: ipv6, unit: unitV6 } },
}

/** Starts the cloud with its addresses at no server. Needs the cluster's bridge. */
export async function startStageCloud(name: CloudName, nodes: readonly ClusterNode[]): Promise<StageCloud> {
  const { v4, v6 } = addresses[name]
  return { ...(await startCloudOnBridge(name, nodes, [v4.unit, v6.unit])), v4, v6 }
}
