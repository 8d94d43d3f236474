import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shareCluster } from '../harness/shared-cluster.ts'
import type { Cluster } from '../harness/cluster.ts'
import { bundlePrograms, type ProductPrograms } from './program-bundles.ts'
import { buildTraffic } from './traffic-program.ts'

/** Paths of what runs on the stage besides Kubernetes. */
export interface Programs extends ProductPrograms {
  /** That of `traffic/`, which the pods have too. */
  readonly traffic: string
}

/** The cluster of three nodes with everything that a stage needs. */
export interface PreparedCluster {
  readonly cluster: Cluster
  readonly programs: Programs
  leave(): Promise<void>
}

/** Starts the cluster unless this process has it, and builds the programs meanwhile. */
export async function prepareCluster(): Promise<PreparedCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-programs-'))
  const [shared, traffic, bundles] = await Promise.all([shareCluster(), buildTraffic(folder), bundlePrograms(folder)])
  const { cluster } = shared
  await cluster.load([traffic.image])
  return {
    cluster,
    programs: { ...bundles, traffic: traffic.program },
    leave: async () => {
      await shared.leave()
      await rm(folder, { recursive: true })
    },
  }
}
