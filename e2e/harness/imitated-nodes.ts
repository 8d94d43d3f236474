import { setTimeout as pause } from 'node:timers/promises'
import { ApiError, type ApiClient } from './api-client.ts'

/** A node that is nothing but its objects: a Node that is Ready, and a Lease that is renewed while it is not silent. */
export interface ImitatedNode {
  readonly name: string
  readonly serverID: string
  readonly zone: string
  readonly providerID: string
}

export interface ImitatedNodes extends AsyncDisposable {
  readonly nodes: readonly ImitatedNode[]
  /** Stops renewing the Lease, as a node does that lost power. */
  silence(name: string): void
  wake(name: string): void
}

const renewInterval = 1_000
/** Kubelets renew four times within it. */
const leaseSeconds = 4
const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'

/** The server that a node of this number runs on, in the project `api`. */
export function imitatedNode(number: number, zone: string): ImitatedNode {
  const serverID = `a9100000-0000-4000-8000-00000000000${number}`
  return { name: `node-${number}`, serverID, zone, providerID: `scaleway://instance/${zone}/${serverID}` }
}

/** Makes the objects, and renews the Leases until it is disposed of, over every outage of the API server. */
export async function imitateNodes(api: ApiClient, nodes: readonly ImitatedNode[]): Promise<ImitatedNodes> {
  for (const [index, node] of nodes.entries()) await createNode(api, node, `10.0.0.${index + 1}`)
  const silent = new Set<string>()
  const stop = new AbortController()
  const renewing = nodes.map(async ({ name }) => {
    while (!stop.signal.aborted) {
      if (!silent.has(name)) await renew(api, name, stop.signal).catch(() => undefined)
      await pause(renewInterval, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  })
  return {
    nodes,
    silence: (name) => void silent.add(name),
    wake: (name) => void silent.delete(name),
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await Promise.all(renewing)
      for (const { name } of nodes) {
        await api.delete(`${leases}/${name}`)
        await api.delete(`/api/v1/nodes/${name}`)
      }
    },
  }
}

async function createNode(api: ApiClient, { name, zone, providerID }: ImitatedNode, address: string): Promise<void> {
  const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone }
  await api.create('/api/v1/nodes', { metadata: { name, labels }, spec: { providerID } })
  const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'imitated' }]
  const status = { addresses: [{ type: 'InternalIP', address }], conditions }
  await api.merge(`/api/v1/nodes/${name}/status`, { status })
  // Admission taints a new node as not ready, and no controller is here to take that back.
  await api.merge(`/api/v1/nodes/${name}`, { spec: { taints: null } })
  await api.create(leases, { metadata: { name }, spec: { ...renewal(), holderIdentity: name } })
}

async function renew(api: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  try {
    await api.merge(`${leases}/${name}`, { spec: renewal() }, { signal, deadline: 2_000 })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    console.error(`renewing the Lease of ${name}: ${error.message}`)
  }
}

function renewal(): object {
  return { leaseDurationSeconds: leaseSeconds, renewTime: new Date().toISOString().replace('Z', '000Z') }
}
