import type { Clock } from '@failover-ip/provider'

import { createBoundedList } from './bounded-list.ts'
import { isLeading } from './cluster-view.ts'
import type { DemoCluster } from './demo-cluster.ts'
import { introduction } from './introduction.ts'
import { readKey } from './keys.ts'
import type { KeyAction, PendingKey } from './keys.ts'
import { createMachines } from './machines.ts'
import type { Machines } from './machines.ts'
import { renderView } from './render-view.ts'
import type { Replicas } from './replicas.ts'
import { createScreenBlock } from './screen-block.ts'
import type { Terminal } from './terminal.ts'
import type { ClusterWatch } from './watch-cluster.ts'

export interface LiveDemoContext {
  readonly cluster: DemoCluster
  readonly replicas: Replicas
  readonly watch: ClusterWatch
  readonly terminal: Terminal
  readonly color: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Times pass on the screen even when nothing happens. */
const redrawMilliseconds = 1_000
const deedsKept = 20

/** Shows the cluster and obeys keys until the user quits. Rejects with the signal's reason. */
export async function runLiveDemo(context: LiveDemoContext): Promise<void> {
  const { cluster, watch, replicas, terminal, clock, signal } = context
  const machines = createMachines(cluster.nodes)
  const deeds = createBoundedList<{ readonly at: number; readonly text: string }>(deedsKept)
  const quit = new AbortController()
  let pending: PendingKey
  const block = createScreenBlock(terminal.output, context.color)
  const draw = (): void =>
    block.draw(
      renderView({
        view: watch.view(),
        machines: new Map(cluster.nodes.specs.map(({ name }) => [name, machines.state(name)])),
        replicas: replicas.names.map((name) => ({ name, startedAt: replicas.startedAt(name) })),
        deeds: deeds.items,
        pending,
        now: clock.now(),
        columns: terminal.output.columns,
      }),
    )
  const tell = (text: string): void => {
    deeds.add({ at: clock.now(), text })
    draw()
  }
  const onKey = (key: string): void => {
    const reading = readKey(pending, key, cluster.nodes.specs.length)
    pending = reading.pending
    if (reading.action?.kind === 'quit') return quit.abort()
    draw()
    if (reading.action === undefined) return
    obey(reading.action, machines, context).then(tell, (error: unknown) => tell(`That failed: ${String(error)}`))
  }
  const onResize = (): void => {
    block.restart(introduction(cluster))
    draw()
  }

  const endings = [watch.onChange(draw), terminal.onKey(onKey), terminal.onResize(onResize), () => block.close()]
  try {
    while (!quit.signal.aborted) {
      draw()
      await clock
        .sleep(redrawMilliseconds, { signal: AbortSignal.any([signal, quit.signal]) })
        .catch((error: unknown) => {
          if (!quit.signal.aborted) throw error
        })
    }
  } finally {
    for (const end of endings) end()
  }
}

/** Does it, and says what was done. */
async function obey(
  action: Exclude<KeyAction, { readonly kind: 'quit' }>,
  machines: Machines,
  { watch, replicas, cluster }: LiveDemoContext,
): Promise<string> {
  const view = watch.view()
  if (action.kind === 'killLeader') {
    const leader = replicas.names.find((name) => isLeading(view, { name, startedAt: replicas.startedAt(name) }))
    if (leader === undefined) return 'no replica leads at the moment'
    replicas.kill(leader)
    return `${leader} is killed`
  }
  const name = cluster.nodes.specs[action.node - 1]?.name ?? ''
  switch (action.kind) {
    case 'power':
      return machines.togglePower(name)
    case 'partition':
      return machines.togglePartition(name)
    case 'cordon':
      return machines.toggleCordon(
        name,
        view.nodes.some((node) => node.name === name && node.cordoned),
      )
  }
}
