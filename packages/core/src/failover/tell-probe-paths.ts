import type { Clock } from '@failover-ip/provider'

/** Whether the death of a node would be noticed: silence says something only on a path that has worked. */
export interface ProbePathEvent {
  /** Unix milliseconds. */
  readonly at: number
  readonly type: 'Normal' | 'Warning'
  readonly reason: 'ProbePathProven' | 'ProbePathUnproven'
  readonly node: string
  /** One line for people, with what to do. */
  readonly summary: string
}

export interface ProbePathState {
  readonly node: string
  /** Where it is probed. */
  readonly address: string
  /** What is wrong, and what to do about it, in one sentence; `undefined`: its silence would be noticed. */
  readonly problem: string | undefined
}

export interface ProbePathTelling {
  readonly clock: Clock
  /** Of all nodes that are there. */
  readonly look: () => Iterable<ProbePathState>
  readonly onEvent: (event: ProbePathEvent) => void
  readonly signal: AbortSignal
}

/** Milliseconds between two looks, and without a reply until a path counts as unproven. */
export const probePathPatience = 10_000

/** Tells of each node whose death would not be noticed, once, and when that is over, until the signal is aborted. */
export async function tellProbePaths({ clock, look, onEvent, signal }: ProbePathTelling): Promise<void> {
  let told: ReadonlySet<string> = new Set()
  try {
    while (!signal.aborted) {
      await clock.sleep(probePathPatience, { signal })
      const states = [...look()]
      for (const { node, address, problem } of states) {
        const at = clock.now()
        if (problem !== undefined && !told.has(node)) {
          onEvent({ at, node, type: 'Warning', reason: 'ProbePathUnproven', summary: problem })
        } else if (problem === undefined && told.has(node)) {
          const summary = `Node ${node} answers at ${address}.`
          onEvent({ at, node, type: 'Normal', reason: 'ProbePathProven', summary })
        }
      }
      told = new Set(states.flatMap(({ node, problem }) => (problem === undefined ? [] : [node])))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
