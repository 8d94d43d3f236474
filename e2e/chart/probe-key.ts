import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { ApiClient } from '../harness/api-client.ts'
import type { Cluster } from '../harness/cluster.ts'
import { until } from '../harness/until.ts'
import { releaseNamespace } from './install-chart.ts'
import type { SeenPod } from './installed-view.ts'

/** As a Secret has it: base64. `null` takes the second key away. */
export interface ProbeKeyData {
  readonly current: string
  readonly other: string | null
}

const namespace = `/api/v1/namespaces/${releaseNamespace}`
const podFolder = '/var/lib/kubelet/pods'
const nodesShape = z.object({
  items: z.array(
    z.object({
      status: z
        .object({ conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string() })) })
        .default({ conditions: [] }),
    }),
  ),
})

/** Writes the key's Secret, and resolves when the kubelets have brought it into each of the pods. */
export async function distributeProbeKey(
  { cluster, api }: { readonly cluster: Pick<Cluster, 'exec'>; readonly api: ApiClient },
  data: ProbeKeyData,
  pods: readonly SeenPod[],
): Promise<void> {
  await api.merge(`${namespace}/secrets/failover-ip-probe-key`, { data })
  for (const { metadata, spec } of pods) {
    const folder = `${podFolder}/${metadata.uid}/volumes/kubernetes.io~secret/probe-key`
    const read = async (file: string): Promise<string | null> =>
      await cluster
        .exec(spec.nodeName ?? '', ['sh', '-c', `test ! -e ${folder}/${file} || base64 -w0 ${folder}/${file}`])
        .then((text) => (text.trim() === '' ? null : text.trim()))
    const isThere = async (): Promise<boolean> => {
      const [current, other] = [await read('current'), await read('other')]
      if (current === data.current && other === data.other) return true
      // A kubelet looks after a pod that changes at once, else after a minute.
      const annotations = { looked: String(performance.now()) }
      await api.merge(`${namespace}/pods/${metadata.name}`, { metadata: { annotations } })
      return false
    }
    await until(`the key in ${metadata.name}`, isThere, { deadline: 120_000, interval: 1000 })
  }
}

/** Milliseconds: a process looks at its keys every five seconds. */
const observation = 8000

/**
 * Looks on for longer than a process needs to read its keys. Rejects as soon as an agent is not sure to be probed, or has dropped a packet for
 * its key, and when one got none at all.
 */
export async function watchProbesGoOn(cluster: Pick<Cluster, 'nodes'>, api: ApiClient): Promise<void> {
  const readings = async () => await Promise.all(cluster.nodes.map(async ({ address }) => await readPackets(address)))
  const before = await readings()
  for (const end = performance.now() + observation; performance.now() < end; await pause(200)) {
    const { items } = await api.get('/apis/failover-ip.dev/v1alpha1/failovernodes', nodesShape)
    const conditions = items.flatMap(({ status }) => status.conditions).filter(({ type }) => type === 'FastDetection')
    const doubtful = conditions.filter(({ status }) => status !== 'True')
    if (conditions.length !== cluster.nodes.length || doubtful.length > 0)
      throw new Error(`FastDetection: ${JSON.stringify(conditions)}`)
  }
  const after = await readings()
  for (const [index, { received, refused }] of after.entries()) {
    const earlier = before[index]
    if (received <= (earlier?.received ?? 0)) throw new Error(`${cluster.nodes[index]?.name} got no probe`)
    if (refused > 0) throw new Error(`${cluster.nodes[index]?.name} has dropped ${refused} packets for their key`)
  }
}

interface ProbePackets {
  readonly received: number
  /** For an unknown key, or one that did not sign them. */
  readonly refused: number
}

/** Of the agent at a node's address. */
async function readPackets(address: string): Promise<ProbePackets> {
  const answer = await fetch(`http://${address}:8082/metrics`, { signal: AbortSignal.timeout(5000) })
  const text = await answer.text()
  const valueOf = (series: string): number => Number(new RegExp(`^${series} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
  const dropped = (reason: string): number =>
    valueOf(`failover_ip_agent_probe_packets_dropped_total\\{reason="${reason}"\\}`)
  return {
    received: valueOf('failover_ip_agent_probe_packets_total\\{kind="received"\\}'),
    refused: dropped('unknownKey') + dropped('forged'),
  }
}
