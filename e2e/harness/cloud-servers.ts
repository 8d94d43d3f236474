import { layAnchors, type Anchors } from './anchors.ts'
import type { CloudOnBridge } from './cloud-on-bridge.ts'
import type { Cluster } from './cluster.ts'

/** The cluster's nodes as servers of a cloud, until it is disposed of: then they are what they were. */
export interface CloudServers extends AsyncDisposable {
  /** Of a cloud that has them. */
  readonly anchors: Anchors | undefined
}

/** Lets nodes leave the cluster and join it again where the cloud knows them by other names. `program`: that of `failover/traffic/`. */
export async function joinAsServers(cluster: Cluster, cloud: CloudOnBridge, program: string): Promise<CloudServers> {
  await using undo = new AsyncDisposableStack()
  for (const { name, providerID } of cluster.nodes) {
    const other = cloud.providerIDs.get(name)
    if (other === undefined) continue
    undo.defer(async () => await cluster.rejoin(name, providerID))
    await cluster.rejoin(name, other)
  }
  const anchors = cloud.hasAnchors ? undo.use(await layAnchors(cluster, program)) : undefined
  const joined = undo.move()
  return { anchors, [Symbol.asyncDispose]: async () => await joined.disposeAsync() }
}
