import type { EngineState, FailoverEvent, ProviderCall } from '@failover-ip/core'
import { type Sample, createMetricRegistry } from '@failover-ip/process'
import type { Probing } from '../probing/probing.ts'
import { addProbeMetrics } from './probe-metrics.ts'

/** What is read at each scrape. */
export interface MetricSources {
  readonly provider: string
  readonly version: string
  /** Name of the Lease. */
  readonly leaseName: string
  isLeader(): boolean
  /** What the leader knows of each FailoverIP; none on the other replicas. */
  failoverIPs(): readonly FailoverIPSample[]
  /** What the leader thinks of each node; none on the other replicas. */
  verdicts(): EngineState['nodes']
  readonly probing: Pick<Probing, 'paths' | 'counts'>
  readonly clock: { monotonic(): number }
}

export interface FailoverIPSample {
  readonly namespace: string
  readonly name: string
  readonly addresses: readonly string[]
  readonly node: string | undefined
  readonly ready: boolean
}

export interface OperatorMetrics {
  readonly onEvent: (event: FailoverEvent) => void
  readonly onProviderCall: (call: ProviderCall) => void
  readonly render: () => string
}

/** From a move on one switch of a second or less to one that waits for the provider's own limits. */
const moveBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const phases = ['detected', 'decided', 'accepted', 'confirmed', 'configured', 'total'] as const
const requestBounds = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export function createOperatorMetrics(sources: MetricSources): OperatorMetrics {
  const registry = createMetricRegistry()
  const moveSeconds = registry.histogram(
    'failover_ip_move_duration_seconds',
    'Seconds of each phase of a move, each on its own; total counts from the last sign of life.',
    moveBounds,
  )
  const moves = registry.counter('failover_ip_moves_total', 'Moves that ended, by cause.')
  const requests = registry.counter('failover_ip_provider_requests_total', 'Calls to the provider, by outcome.')
  const requestSeconds = registry.histogram(
    'failover_ip_provider_request_duration_seconds',
    'Seconds of the calls to the provider.',
    requestBounds,
  )
  registry.gauge('failover_ip_info', 'Where each address is; 1.', () => sources.failoverIPs().flatMap(infoSamples))
  registry.gauge('failover_ip_ready', 'Whether a FailoverIP is Ready.', () =>
    sources.failoverIPs().map(({ namespace, name, ready }) => ({ labels: { namespace, name }, value: Number(ready) })),
  )
  registry.gauge('failover_ip_node_verdict', 'What the leader thinks of a node, and why; 1.', () =>
    [...sources.verdicts()].map(([node, { verdict, reason }]) => ({ labels: { node, verdict, reason }, value: 1 })),
  )
  addProbeMetrics(registry, sources.probing, sources.clock)
  registry.gauge('failover_ip_build_info', 'What this process is; 1.', () => [
    { labels: { provider: sources.provider, version: sources.version }, value: 1 },
  ])
  registry.gauge('leader_election_master_status', 'Whether this replica leads.', () => [
    { labels: { name: sources.leaseName }, value: Number(sources.isLeader()) },
  ])
  return {
    onEvent: (event) => {
      if (event.reason === 'Configured') moveSeconds.observe({ phase: 'configured' }, event.seconds)
      if (event.reason !== 'Moved') return
      moves.increment({ reason: event.cause })
      for (const phase of phases) {
        const seconds = event.phases[phase]
        if (seconds !== undefined) moveSeconds.observe({ phase }, seconds)
      }
    },
    onProviderCall: ({ operation, outcome, seconds }) => {
      requests.increment({ operation, outcome })
      requestSeconds.observe({ operation }, seconds)
    },
    render: () => registry.render(),
  }
}

function infoSamples({ namespace, name, addresses, node }: FailoverIPSample): readonly Sample[] {
  return addresses.map((address) => ({ labels: { namespace, name, address, node: node ?? '' }, value: 1 }))
}
