/** A node of the real cluster, as `cluster/node.sh` makes it. */
export interface ClusterNode {
  readonly name: string
  /** Its InternalIP, on the bridge that this machine is on too. */
  readonly address: string
  /** `spec.providerID`, the same in every cluster. */
  readonly providerID: string
  readonly serverID: string
  readonly zone: string
}

const zone = 'fr-par-1'

/** The node with this number, from 1. */
export function clusterNode(index: number): ClusterNode {
  const serverID = `f1900000-0000-4000-8000-00000000000${index}`
  const providerID = `scaleway://instance/${zone}/${serverID}`
  return { name: `n${index}`, address: `10.88.0.1${index}`, providerID, serverID, zone }
}
