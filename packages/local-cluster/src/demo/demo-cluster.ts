import { dirname } from 'node:path'

import { createKubernetesClient, namespaceResource } from '@failover-ip/kubernetes'
import type { KubernetesClient, KubernetesTransport } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { serveEmulator } from '@failover-ip/provider-testkit'

import { createApiServer } from '../api/api-server.ts'
import { startApiHttpServer } from '../api/http/api-http-server.ts'
import { writeKubeconfig } from '../api/http/kubeconfig.ts'
import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'
import type { LocalCloud, StartedCloud } from '../clouds/local-cloud.ts'
import { startProbeEndpoint } from '../nodes/probe-endpoint.ts'
import { createSimulatedNetwork } from '../nodes/simulated-network.ts'
import type { SimulatedNetwork } from '../nodes/simulated-network.ts'
import { createSimulatedNodes } from '../nodes/simulated-nodes.ts'
import type { SimulatedNodes } from '../nodes/simulated-nodes.ts'
import { demoManifests, operatorNamespace, readManifests } from './demo-manifests.ts'
import { createEndings } from './endings.ts'

/** All but the operator: a Kubernetes API, nodes, their network, and the cloud. Everything listens on free ports of 127.0.0.1. */
export interface DemoCluster extends AsyncDisposable {
  readonly transport: KubernetesTransport
  readonly client: KubernetesClient
  readonly nodes: SimulatedNodes
  readonly network: SimulatedNetwork
  readonly cloud: StartedCloud
  /** For probes of other processes. */
  readonly networkUrl: string
  readonly kubeconfig: string
  /** Temporary; goes with the cluster. */
  readonly folder: string
  /** What a user would write, for `apply`. */
  readonly manifests: string
  /** Creates what the manifests say. */
  apply(signal: AbortSignal): Promise<void>
}

export interface DemoClusterOptions {
  readonly cloud: LocalCloud
  readonly nodes: number
  readonly clock: Clock
  readonly random: () => number
}

/** Calls to a cloud take about as long; reads may show the state of a moment ago; jobs take longer there. */
const cloudTiming = { latencyMs: 150, readLagSeconds: 1, changeSeconds: 2 } as const

/**
 * @example
 * await using cluster = await startDemoCluster({ cloud: scalewayCloud, nodes: 3, clock: systemClock(), random: Math.random })
 * await cluster.apply(signal)
 */
export async function startDemoCluster(options: DemoClusterOptions): Promise<DemoCluster> {
  const { clock, random } = options
  const endings = createEndings()
  try {
    const cloud = options.cloud.start({ clock, ...cloudTiming })
    const servedCloud = await serveEmulator(cloud.handle)
    endings.add(() => servedCloud.close())
    const { transport } = createApiServer({ resources: failoverIPResources(), clock, random })
    const api = await startApiHttpServer(transport)
    endings.add(() => api.close())
    const network = createSimulatedNetwork()
    const probes = await startProbeEndpoint(network)
    endings.add(() => probes.close())
    const kubeconfig = await writeKubeconfig(api.url)
    endings.add(() => kubeconfig[Symbol.asyncDispose]())

    const specs = Array.from({ length: options.nodes }, (_, index) => cloud.addNode(index + 1))
    const nodes = createSimulatedNodes({ specs, transport, clock, network, random })
    endings.add(() => nodes[Symbol.asyncDispose]())

    const client = createKubernetesClient({ transport, clock })
    const manifests = demoManifests(cloud, servedCloud.url)
    return {
      transport,
      client,
      nodes,
      network,
      cloud,
      networkUrl: probes.url,
      kubeconfig: kubeconfig.path,
      folder: dirname(kubeconfig.path),
      manifests,
      apply: async (signal) => {
        await client.create(namespaceResource, { metadata: { name: operatorNamespace } }, { signal })
        for (const { resource, draft } of readManifests(manifests)) await client.create(resource, draft, { signal })
      },
      [Symbol.asyncDispose]: () => endings.run(),
    }
  } catch (error) {
    await endings.run()
    throw error
  }
}
