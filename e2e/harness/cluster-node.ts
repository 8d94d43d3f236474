/** A node of the real cluster, as `cluster/node.sh` makes it. */
export interface ClusterNode {
  readonly name: string
  /** Its first InternalIP, on the bridge that this machine is on too. */
  readonly address: string
  /** Its second InternalIP. */
  readonly addressV6: string
  /** `spec.providerID`, the same in every cluster. */
  readonly providerID: string
  readonly serverID: string
  readonly zone: string
}

const zone = 'fr-par-1'

/** This machine's address on the nodes' bridge (`cluster/network.sh`), which pods reach too. */
export const hostOnBridge = '10.88.0.254'

/** The API server's: the kubelets', and another one, which stays a straight way when a suite leads the first one astray. */
export const apiAddress = '10.88.0.1'
export const straightApiAddress = '10.88.0.2'

/** The nodes' way to the world. */
export const routerAddress = '10.88.0.253'

/** The node with this number, from 1. */
export function clusterNode(index: number): ClusterNode {
  const serverID = `f1900000-0000-4000-8000-00000000000${index}`
  const providerID = `scaleway://instance/${zone}/${serverID}`
  return {
    name: `n${index}`,
    address: `10.88.0.1${index}`,
    addressV6: `fd10:88::1${index}`,
    providerID,
    serverID,
    zone,
  }
}
