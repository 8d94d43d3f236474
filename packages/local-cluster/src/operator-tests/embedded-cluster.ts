import type { Connection } from '@failover-ip/operator'
import { scaleway } from '@failover-ip/provider-scaleway'
import { createScalewayEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { ScalewayEmulator } from '@failover-ip/provider-testkit'

import { createApiServer } from '../api/api-server.ts'
import { withFaults } from '../api/faults.ts'
import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'
import { createSimulatedNetwork, leader } from '../nodes/simulated-network.ts'
import { classObject, failoverIPObject, secretObject } from '../operator-cluster/cluster-object.ts'
import type { ClusterObject } from '../operator-cluster/cluster-object.ts'
import { createOperatorCluster } from '../operator-cluster/operator-cluster.ts'
import type { OperatorCluster } from '../operator-cluster/operator-cluster.ts'
import { pseudoRandom } from '../operator-cluster/pseudo-random.ts'

export const address = '51.15.129.35'

/** The operator for Scaleway, its cloud and its cluster. */
export interface EmbeddedCluster extends OperatorCluster {
  readonly cloud: ScalewayEmulator
  /** Writes Secret, class and one FailoverIP, all of them well. */
  install(): Promise<void>
  /** Name of the server that holds the unit, as the cloud knows it. */
  holder(unit?: string): string | undefined
  /** Reaches the API server through the failover IP: not at all while the node that holds the address is silent. */
  readonly byAddress: Connection
}

export interface EmbeddedClusterOptions {
  /** Of node-1, node-2 and so on. Default: three nodes in one zone. */
  readonly zones?: readonly string[]
  /** The kubelets reach the API server through the failover IP. Default: directly. */
  readonly kubeletsByAddress?: boolean
  /** Of the nodes, without the last number. Default: `10.0.0`. */
  readonly network?: string
}

export async function createEmbeddedCluster(options: EmbeddedClusterOptions = {}): Promise<EmbeddedCluster> {
  const {
    zones = ['fr-par-1', 'fr-par-1', 'fr-par-1'],
    kubeletsByAddress = false,
    network: prefix = '10.0.0',
  } = options
  const clock = createVirtualClock()
  const random = pseudoRandom()
  const cloud = createScalewayEmulator({ clock, latencyMs: 150, readLagSeconds: 1, random })
  const nodes = zones.map((where, index) => {
    const name = `node-${index + 1}`
    const { providerID, zone } = cloud.addServer({ name, zone: where })
    return { name, providerID, zone, address: `${prefix}.${index + 1}` }
  })
  cloud.addIp({ unit: `${address}/32` })
  const holder: EmbeddedCluster['holder'] = (unit = `${address}/32`) => {
    const server = cloud.attachment(unit)?.server
    return cloud.snapshot().servers.find(({ id }) => id === server)?.name
  }
  const network = createSimulatedNetwork()
  const api = createApiServer({ resources: failoverIPResources(), clock, random })
  const transport = withFaults(api.transport, clock)
  const isCut = (): boolean => {
    const name = holder()
    return name !== undefined && !network.hears(leader, name)
  }
  transport.inject({ action: { type: 'hang' }, matches: isCut })
  const cluster = await createOperatorCluster({
    provider: scaleway,
    clock,
    random,
    fetch: cloud.fetch,
    nodes,
    api,
    network,
    kubeletTransport: kubeletsByAddress ? transport : api.transport,
  })
  return {
    ...cluster,
    cloud,
    holder,
    byAddress: { transport, server: `https://${address}:6443`, namespace: undefined, close: () => undefined },
    install: async () => {
      await cluster.apply('Secret', secretOf(cloud))
      await cluster.apply('FailoverIPClass', classOf())
      await cluster.apply('FailoverIP', failoverIPObject('web', [address]))
    },
  }
}

export function secretOf({ account }: ScalewayEmulator, change: Readonly<Record<string, string>> = {}): ClusterObject {
  return secretObject('scaleway', {
    SCW_ACCESS_KEY: account.accessKey,
    SCW_SECRET_KEY: account.secretKey,
    ...change,
  })
}

export function classOf(spec: Readonly<Record<string, unknown>> = {}, name?: string): ClusterObject {
  const parameters = { zones: ['fr-par-1'] }
  return classObject('scaleway', { parameters, addresses: ['51.15.129.0/24', '2001:bc8:710::/48'], ...spec }, name)
}
