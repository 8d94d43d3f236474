import { failoverIPResource, parseFailoverIP } from '@failover-ip/kubernetes'
import { operatorNamespace, startDemoCluster } from '@failover-ip/local-cluster/demo'
import type { DemoCluster, LocalCloud } from '@failover-ip/local-cluster/demo'
import type { Clock } from '@failover-ip/provider'
import { startBundle } from './operator-bundle.ts'
import { memoryOf } from './process-usage.ts'

/** The memory of a cloud's bundle that serves one pair of addresses on three nodes, after a while in which nothing happens. */
export async function measureBundleMemory(
  cloud: LocalCloud,
  { clock, seconds, signal }: { readonly clock: Clock; readonly seconds: number; readonly signal: AbortSignal },
): Promise<ReturnType<typeof memoryOf>> {
  await using cluster = await startDemoCluster({ cloud, nodes: 3, clock, random: Math.random })
  await cluster.apply(signal)
  await using operator = startBundle(cloud.provider.name, cluster.kubeconfig, operatorNamespace)
  while (!(await isServed(cluster, signal))) await clock.sleep(200, { signal })
  await clock.sleep(seconds * 1000, { signal })
  return memoryOf(operator.pid)
}

async function isServed({ client }: DemoCluster, signal: AbortSignal): Promise<boolean> {
  const { items } = await client.list(failoverIPResource, { signal })
  return items.every((object) => {
    const parsed = parseFailoverIP(object)
    const conditions = parsed.ok ? (parsed.value.status.conditions ?? []) : []
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  })
}
