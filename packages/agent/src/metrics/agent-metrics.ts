import { createMetricRegistry, type Sample } from '@failover-ip/process'
import type { ProbeCounts } from '@failover-ip/runtime'
import type { AddressReport } from '../plane/address-plane.ts'

/** What is read at each scrape. */
export interface AgentMetricSources {
  readonly version: string
  /** `undefined` before the first look. */
  report(): AddressReport | undefined
  counts(): ProbeCounts | undefined
  isFastDetectionProven(): boolean
  /** Whether the API server is heard. */
  isFollowing(): boolean
}

/** Gives the text of `/metrics`. No label is an address or a name, so that the series do not grow with the cluster. */
export function createAgentMetrics(sources: AgentMetricSources): () => string {
  const registry = createMetricRegistry()
  registry.gauge('failover_ip_agent_addresses', 'Addresses asked of this node, by what became of them.', () =>
    addressSamples(sources.report()),
  )
  registry.gauge('failover_ip_agent_fast_detection', 'Whether operators probe this node and are answered.', () => [
    { labels: {}, value: Number(sources.isFastDetectionProven()) },
  ])
  registry.gauge('failover_ip_agent_cluster_followed', 'Whether the API server is heard.', () => [
    { labels: {}, value: Number(sources.isFollowing()) },
  ])
  registry.total('failover_ip_agent_probe_packets_total', 'Packets of probes, by what became of them.', () => {
    const { sent = 0, received = 0, unsent = 0, troubles = 0 } = sources.counts() ?? {}
    return Object.entries({ sent, received, unsent, troubles }).map(([kind, value]) => ({ labels: { kind }, value }))
  })
  registry.total('failover_ip_agent_probe_packets_dropped_total', 'Packets that got no answer, by reason.', () =>
    Object.entries(sources.counts()?.dropped ?? {}).map(([reason, value]) => ({ labels: { reason }, value })),
  )
  registry.gauge('failover_ip_build_info', 'What this process is; 1.', () => [
    { labels: { component: 'agent', version: sources.version }, value: 1 },
  ])
  return () => registry.render()
}

function addressSamples(report: AddressReport | undefined): readonly Sample[] {
  const { wanted = { carry: [], leave: [] }, carried = [] } = report ?? {}
  const states = { carried: carried.length, failed: wanted.carry.length - carried.length, left: wanted.leave.length }
  return Object.entries(states).map(([state, value]) => ({ labels: { state }, value }))
}
