import { attachCluster, startCluster, type Cluster } from './cluster.ts'

export interface SharedCluster {
  readonly cluster: Cluster
  /** Ends the cluster if it was started here, by the first setup that asked: its teardown comes last. */
  leave(): Promise<void>
}

/** Set in the process whose setups share one cluster, to that process. */
const variable = 'FAILOVER_IP_E2E_CLUSTER_OF'

/**
 * The cluster of three nodes, for the global setups of projects: all of them run before the first test of any project, and
 * there is one cluster to a machine.
 */
export async function shareCluster(): Promise<SharedCluster> {
  const own = String(process.pid)
  if (process.env[variable] === own) return { cluster: attachCluster(), leave: async () => undefined }
  const cluster = await startCluster({ nodes: 3 })
  process.env[variable] = own
  return { cluster, leave: async () => await cluster.stop() }
}
