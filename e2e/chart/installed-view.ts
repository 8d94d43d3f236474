import { z } from 'zod'
import { createApiClient } from '../harness/api-client.ts'
import type { Cluster } from '../harness/cluster.ts'
import { until } from '../harness/until.ts'
import { releaseNamespace } from './install-chart.ts'

/** The suite's FailoverIPs. */
export const failoverIPs: string = '/apis/failover-ip.dev/v1alpha1/namespaces/default/failoverips'
const operators = `/apis/apps/v1/namespaces/${releaseNamespace}/deployments/failover-ip-operator-scaleway`
const agents = `/apis/apps/v1/namespaces/${releaseNamespace}/daemonsets/failover-ip-agent`

const failoverIPShape = z.object({
  metadata: z.object({ deletionTimestamp: z.string().optional() }),
  status: z
    .object({
      node: z.string().optional(),
      moves: z.number().default(0),
      conditions: z.array(z.object({ type: z.string(), status: z.string(), reason: z.string() })).default([]),
    })
    .default({ moves: 0, conditions: [] }),
})
const podsShape = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), uid: z.string(), labels: z.record(z.string(), z.string()) }),
      spec: z.object({ nodeName: z.string().optional() }),
      status: z.object({ phase: z.string() }),
    }),
  ),
})
const linksShape = z.array(z.object({ addr_info: z.array(z.object({ local: z.string() })) }))

export type SeenFailoverIP = z.infer<typeof failoverIPShape>
export type SeenPod = z.infer<typeof podsShape>['items'][number]

/** What the chart's suite looks at, again and again. */
export interface InstalledView {
  readonly readFailoverIP: (name: string) => Promise<SeenFailoverIP>
  /** Resolves with the status once Ready is True. */
  readonly untilReady: (name: string) => Promise<SeenFailoverIP['status']>
  /** Those that run or are to, and those that are ending. */
  readonly podsOf: (component: string) => Promise<readonly SeenPod[]>
  /** Two operators and an agent on each node, of the present revision. */
  readonly allPodsReady: () => Promise<boolean>
  /** Status of the class's condition. */
  readonly readCredentialsValid: () => Promise<string | undefined>
  readonly readProbeKey: () => Promise<string>
  /** Whether the address is on one of the node's interfaces. */
  readonly carries: (node: string, address: string) => Promise<boolean>
  readonly untilCarried: (node: string, address: string) => Promise<boolean>
}

export function viewInstalled(cluster: Cluster): InstalledView {
  const api = createApiClient(cluster.kubeconfig)
  const readFailoverIP = async (name: string) => await api.get(`${failoverIPs}/${name}`, failoverIPShape)
  const podsOf = async (component: string) => {
    const selector = encodeURIComponent(`app.kubernetes.io/component=${component}`)
    const path = `/api/v1/namespaces/${releaseNamespace}/pods?labelSelector=${selector}`
    const { items } = await api.get(path, podsShape)
    return items.filter(({ status }) => status.phase === 'Pending' || status.phase === 'Running')
  }
  const untilReady = async (name: string) => {
    await until(
      `${name} to be Ready`,
      async () => {
        const { conditions } = (await readFailoverIP(name)).status
        if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return true
        throw new Error(JSON.stringify(conditions))
      },
      { deadline: 60_000, interval: 100 },
    )
    return (await readFailoverIP(name)).status
  }
  const allPodsReady = async () => {
    const deployment = z.object({ status: z.object({ readyReplicas: z.number(), updatedReplicas: z.number() }) })
    const daemonSet = z.object({ status: z.object({ numberReady: z.number(), updatedNumberScheduled: z.number() }) })
    const [operator, agent] = [await api.get(operators, deployment), await api.get(agents, daemonSet)]
    return (
      operator.status.readyReplicas === 2 &&
      operator.status.updatedReplicas === 2 &&
      agent.status.numberReady === cluster.nodes.length &&
      agent.status.updatedNumberScheduled === cluster.nodes.length
    )
  }
  const readCredentialsValid = async () => {
    const shape = z.object({
      status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })) }),
    })
    const { status } = await api.get('/apis/failover-ip.dev/v1alpha1/failoveripclasses/scaleway', shape)
    return status.conditions.find(({ type }) => type === 'CredentialsValid')?.status
  }
  const readProbeKey = async () => {
    const shape = z.object({ data: z.object({ current: z.string() }) })
    return (await api.get(`/api/v1/namespaces/${releaseNamespace}/secrets/failover-ip-probe-key`, shape)).data.current
  }
  const carries = async (node: string, address: string) => {
    const links = linksShape.parse(JSON.parse(await cluster.exec(node, ['ip', '-json', 'address', 'show'])))
    return links.some(({ addr_info }) => addr_info.some(({ local }) => local === address))
  }
  const untilCarried = async (node: string, address: string) =>
    await until(`${node} to carry ${address}`, async () => await carries(node, address))
  return { readFailoverIP, untilReady, podsOf, allPodsReady, readCredentialsValid, readProbeKey, carries, untilCarried }
}
