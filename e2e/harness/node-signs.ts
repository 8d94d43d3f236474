import { z } from 'zod'
import type { ApiClient } from './api-client.ts'

/** What Kubernetes knows of a node. */
export interface NodeSigns {
  /** Status of its condition Ready: `True` for as long as nobody has missed it. */
  readonly readReady: (node: string) => Promise<string | undefined>
  /** When its kubelet was heard of last. */
  readonly readRenewTime: (node: string) => Promise<string>
}

const nodeShape = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
})
const leaseShape = z.object({ spec: z.object({ renewTime: z.string() }) })

export function nodeSigns(api: Pick<ApiClient, 'get'>): NodeSigns {
  return {
    readReady: async (node) => {
      const { status } = await api.get(`/api/v1/nodes/${node}`, nodeShape)
      return status.conditions.find(({ type }) => type === 'Ready')?.status
    },
    readRenewTime: async (node) => {
      const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`
      return (await api.get(path, leaseShape)).spec.renewTime
    },
  }
}
