import type { MetricRegistry, Sample } from '@failover-ip/process'
import { pathState, pathStates } from '../probing/path-state.ts'
import type { Probing } from '../probing/probing.ts'

/** What this process hears of nodes, and what becomes of its packets. A node that is not probed any more has no series. */
export function addProbeMetrics(
  registry: MetricRegistry,
  { paths, counts }: Pick<Probing, 'paths' | 'counts'>,
  clock: { monotonic(): number },
): void {
  registry.gauge(
    'failover_ip_probe_path',
    'State of the way to the agent of a node: 1 for the one that it is in.',
    () =>
      [...paths].flatMap(([node, path]) => {
        const current = pathState(path, clock.monotonic())
        return pathStates.map((state): Sample => ({ labels: { node, state }, value: Number(state === current) }))
      }),
  )
  registry.gauge(
    'failover_ip_probe_longest_silence_seconds',
    'The longest time between two answers of a node, since it is probed in its present rhythm (holders every 0.2 s, others every 2 s).',
    () => [...paths].map(([node, { longestSilence }]): Sample => ({ labels: { node }, value: longestSilence / 1000 })),
  )
  const total = (name: string, help: string, label: string, values: () => Readonly<Record<string, number>>): void =>
    registry.total(name, help, () =>
      Object.entries(values()).map(([text, value]): Sample => ({ labels: { [label]: text }, value })),
    )
  total('failover_ip_probe_packets_total', 'UDP packets of probes.', 'direction', () => {
    const { sent, received } = counts() ?? {}
    return sent === undefined || received === undefined ? {} : { sent, received }
  })
  total(
    'failover_ip_probe_packets_dropped_total',
    'Packets that were dropped without an answer, by reason.',
    'reason',
    () => ({
      ...counts()?.dropped,
    }),
  )
  total('failover_ip_probe_errors_total', 'Packets that could not be sent, and errors of the sockets.', 'kind', () => {
    const { unsent, troubles: socket } = counts() ?? {}
    return unsent === undefined || socket === undefined ? {} : { unsent, socket }
  })
}
