/**
 * `npm run bench -- idle [SECONDS]`: the operator's bundle with 1, 100 and 1000 FailoverIPs on 100 nodes, all of them
 * served: memory, processor and API requests while nothing happens.
 */
import {
  createApiServer,
  createSimulatedNetwork,
  createSimulatedNodes,
  failoverIPResources,
  scalewayNodes,
  startApiHttpServer,
  writeKubeconfig,
} from '@failover-ip/local-cluster'
import {
  createKubernetesClient,
  failoverIPClassResource,
  failoverIPResource,
  namespaceResource,
  secretResource,
} from '@failover-ip/kubernetes'
import type { KubernetesRequest, KubernetesTransport } from '@failover-ip/kubernetes'
import { createScalewayEmulator, serveEmulator } from '@failover-ip/provider-testkit'
import { systemClock } from '@failover-ip/runtime'
import { z } from 'zod'
import { startBundle } from './operator-bundle.ts'
import { memoryOf, processorSeconds } from './process-usage.ts'
import { writeResult } from './write-result.ts'

const seconds = Number(process.argv[2] ?? 60)
const nodeCount = 100
const namespace = 'failover-ip'
const clock = systemClock()
const conditions = z.looseObject({
  status: z.looseObject({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]) }),
})

const rows: object[] = []
for (const count of [1, 100, 1000]) {
  const row = await measure(count)
  rows.push(row)
  console.table([row])
}
writeResult('idle', { seconds, nodes: nodeCount, rows })

async function measure(count: number): Promise<object> {
  const cloud = createScalewayEmulator({ clock, latencyMs: 150 })
  const served = await serveEmulator(cloud.handle)
  const api = createApiServer({ resources: failoverIPResources(), clock, random: Math.random })
  const requests: KubernetesRequest[] = []
  const counted: KubernetesTransport = {
    request: (request) => {
      requests.push(request)
      return api.transport.request(request)
    },
  }
  const http = await startApiHttpServer(counted)
  const kubeconfig = await writeKubeconfig(http.url)
  const specs = scalewayNodes(nodeCount).map((spec) => ({ ...spec, providerID: cloud.addServer().providerID }))
  const nodes = createSimulatedNodes({
    specs,
    transport: api.transport,
    clock,
    network: createSimulatedNetwork(),
    random: Math.random,
  })
  await populate(count, api.transport, cloud, served.url)
  const operator = startBundle('scaleway', kubeconfig.path, namespace)
  try {
    const client = createKubernetesClient({ transport: api.transport, clock })
    const readyAfter = await untilAllReady(client, count)
    await clock.sleep(15_000)
    requests.length = 0
    const before = processorSeconds(operator.pid)
    await clock.sleep(seconds * 1000)
    const writes = requests.filter(({ method }) => method !== 'GET')
    const perMinute = (list: readonly unknown[]): number => Math.round((list.length * 60) / seconds)
    return {
      failoverIPs: count,
      readyAfterSeconds: readyAfter,
      ...memoryOf(operator.pid),
      processorPercent: Number((((processorSeconds(operator.pid) - before) / seconds) * 100).toFixed(2)),
      requestsPerMinute: perMinute(requests),
      writesPerMinute: perMinute(writes),
      writesButTheLeasePerMinute: perMinute(writes.filter(({ path }) => !path.includes('/leases/'))),
    }
  } finally {
    await operator[Symbol.asyncDispose]()
    await nodes[Symbol.asyncDispose]()
    await http.close()
    await kubeconfig[Symbol.asyncDispose]()
    await served.close()
  }
}

async function populate(
  count: number,
  transport: KubernetesTransport,
  cloud: ReturnType<typeof createScalewayEmulator>,
  apiUrl: string,
): Promise<void> {
  const client = createKubernetesClient({ transport, clock })
  const { signal } = new AbortController()
  const servers = cloud.snapshot().servers
  const { accessKey, secretKey, project } = cloud.account
  cloud.setSwitches({ slotsPerServer: 1000 })
  await client.create(namespaceResource, { metadata: { name: namespace } }, { signal })
  await client.create(namespaceResource, { metadata: { name: 'default' } }, { signal }).catch(() => undefined)
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  await client.create(
    secretResource,
    {
      metadata: { name: 'scaleway', namespace },
      data: {
        SCW_ACCESS_KEY: encode(accessKey),
        SCW_SECRET_KEY: encode(secretKey),
        SCW_DEFAULT_PROJECT_ID: encode(project),
      },
    },
    { signal },
  )
  await client.create(
    failoverIPClassResource,
    {
      metadata: { name: 'scaleway', annotations: { 'failover-ip.dev/is-default-class': 'true' } },
      spec: {
        controllerName: 'failover-ip.dev/scaleway',
        credentialsSecretRef: { name: 'scaleway' },
        parameters: { apiUrl, zones: ['fr-par-1'] },
        addresses: ['51.0.0.0/8'],
      },
    },
    { signal },
  )
  for (let index = 0; index < count; index++) {
    const address = `51.1.${Math.floor(index / 250)}.${(index % 250) + 1}`
    // At most five to a server, as the cloud has it; the rest of them is Pending, and as idle.
    const server = servers[index % servers.length]?.id ?? ''
    cloud.addIp({ unit: `${address}/32`, zone: 'fr-par-1', ...(index < 5 * servers.length ? { server } : {}) })
    const metadata = { name: `ip-${index}`, namespace: 'default' }
    await client.create(failoverIPResource, { metadata, spec: { addresses: [address] } }, { signal })
  }
}

async function untilAllReady(client: ReturnType<typeof createKubernetesClient>, count: number): Promise<number> {
  const began = clock.monotonic()
  const { signal } = new AbortController()
  const wanted = Math.min(count, 5 * nodeCount)
  for (;;) {
    const { items } = await client.list(failoverIPResource, { signal })
    const ready = items.filter((item) => {
      const parsed = conditions.safeParse(item)
      return (
        parsed.success && parsed.data.status.conditions.some((each) => each.type === 'Ready' && each.status === 'True')
      )
    })
    if (ready.length >= wanted) return Number(((clock.monotonic() - began) / 1000).toFixed(1))
    if (clock.monotonic() - began > 300_000) throw new Error(`only ${ready.length} of ${wanted} are ready after 300 s`)
    await clock.sleep(500)
  }
}
