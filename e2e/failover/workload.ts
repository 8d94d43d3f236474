import { z } from 'zod'
import type { ApiClient } from '../harness/api-client.ts'
import { until } from '../harness/until.ts'
import { trafficImage } from './traffic-program.ts'

/** Where the workload listens on an address that reaches it. */
export const ports = { host: 7000, local: 7001, cluster: 7002 } as const
export type Target = keyof typeof ports
/** Names of the LoadBalancer Services, after their externalTrafficPolicy. */
export const services = { Local: 'local', Cluster: 'cluster' } as const

const podPort = 8000
const labels = (app: string): object => ({ app })

/** On each node a pod with the node's network and one with its own, and two dual-stack Services for the latter. */
export async function createWorkload(api: ApiClient, namespace: string, nodes: number): Promise<void> {
  const daemonSets = `/apis/apps/v1/namespaces/${namespace}/daemonsets`
  await api.create(daemonSets, daemonSet('host', ports.host, true))
  await api.create(daemonSets, daemonSet('pod', podPort, false))
  for (const [policy, name] of Object.entries(services))
    await api.create(`/api/v1/namespaces/${namespace}/services`, loadBalancer(name, policy, ports[name]))
  await untilServing(api, namespace, nodes)
}

/** Resolves when as many pods of both kinds are ready, and endpoints know it. */
export async function untilServing(api: ApiClient, namespace: string, nodes: number): Promise<void> {
  const shape = z.object({ status: z.object({ numberReady: z.number() }) })
  for (const name of ['host', 'pod']) {
    const path = `/apis/apps/v1/namespaces/${namespace}/daemonsets/${name}`
    const ready = async (): Promise<boolean> => (await api.get(path, shape)).status.numberReady === nodes
    await until(`${nodes} pods of ${name} to be ready`, ready, { deadline: 60_000, interval: 100 })
  }
}

const podListShape = z.object({
  items: z.array(
    z.object({
      status: z.object({
        containerStatuses: z.array(z.object({ containerID: z.string().default(''), ready: z.boolean() })).default([]),
      }),
    }),
  ),
})

/** Identifiers of the workload's containers on the node that are ready: others after the node was off. */
export async function readyContainers(api: ApiClient, namespace: string, node: string): Promise<readonly string[]> {
  const { items } = await api.get(
    `/api/v1/namespaces/${namespace}/pods?fieldSelector=spec.nodeName%3D${node}`,
    podListShape,
  )
  return items.flatMap(({ status }) =>
    status.containerStatuses.flatMap(({ containerID, ready }) => (ready ? [containerID] : [])),
  )
}

/** Says that the Service is served at these addresses, in place of whoever would. */
export async function publish(
  api: ApiClient,
  namespace: string,
  service: string,
  addresses: readonly string[],
  ipMode: 'VIP' | 'Proxy',
): Promise<void> {
  const ingress = addresses.map((ip) => ({ ip, ipMode }))
  const status = { status: { loadBalancer: { ingress } } }
  await api.merge(`/api/v1/namespaces/${namespace}/services/${service}/status`, status)
}

function daemonSet(name: string, port: number, hostNetwork: boolean): object {
  const fieldEnv = (variable: string, fieldPath: string): object => ({
    name: variable,
    valueFrom: { fieldRef: { fieldPath } },
  })
  const container = {
    name: 'traffic',
    image: trafficImage,
    imagePullPolicy: 'Never',
    args: ['serve', String(port)],
    env: [fieldEnv('NODE_NAME', 'spec.nodeName'), fieldEnv('POD_NAME', 'metadata.name')],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
  }
  const spec = {
    hostNetwork,
    terminationGracePeriodSeconds: 0,
    tolerations: [{ operator: 'Exists' }],
    containers: [container],
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: { matchLabels: labels(name) }, template: { metadata: { labels: labels(name) }, spec } },
  }
}

function loadBalancer(name: string, policy: string, port: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: policy,
      ipFamilyPolicy: 'RequireDualStack',
      allocateLoadBalancerNodePorts: false,
      selector: labels('pod'),
      ports: ['TCP', 'UDP'].map((protocol) => ({ name: protocol.toLowerCase(), protocol, port, targetPort: podPort })),
    },
  }
}
