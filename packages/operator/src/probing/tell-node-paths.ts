import { tellProbePaths, type ProbePathEvent } from '@failover-ip/core'
import { nodeResource, type EventRecord } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import { describePath } from './path-state.ts'
import type { Probing } from './probing.ts'

export interface NodePathTelling {
  readonly clock: Clock
  readonly probing: Pick<Probing, 'paths'>
  /** Of the Node object; `undefined` when it is gone. */
  readonly uidOf: (node: string) => string | undefined
  readonly onEvent: (event: ProbePathEvent, record: EventRecord) => void
}

/** Tells of Nodes whose death would not be seen at once, as Events about them, until the signal is aborted. */
export async function tellNodePaths(
  { clock, probing, uidOf, onEvent }: NodePathTelling,
  signal: AbortSignal,
): Promise<void> {
  await tellProbePaths({
    clock,
    signal,
    look: () => [...probing.paths.values()].map((path) => describePath(path, clock.monotonic())),
    onEvent: (event) => {
      const uid = uidOf(event.node)
      if (uid !== undefined) onEvent(event, recordOf(event, uid))
    },
  })
}

function recordOf({ node, type, reason, summary }: ProbePathEvent, uid: string): EventRecord {
  return { regarding: { type: nodeResource, name: node, uid }, type, reason, action: 'Probe', note: summary }
}
