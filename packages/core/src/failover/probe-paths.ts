import type { Clock } from '@failover-ip/provider'
import type { ProbeEvidence, Prober } from '../ports/prober.ts'
import type { FailoverNode } from './failover-options.ts'

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

export interface ProbePathOptions {
  readonly clock: Clock
  readonly prober: Pick<Prober, 'listen'>
  readonly nodes: readonly FailoverNode[]
  readonly onEvent: (event: ProbePathEvent) => void
  readonly signal: AbortSignal
}

/** What was heard of a node last, and when. Local monotonic milliseconds. */
interface Path {
  repliedAt: number | undefined
  last: { readonly kind: ProbeEvidence['kind']; readonly at: number } | undefined
  isTold: boolean
}

/** Milliseconds between two looks, and without a reply until a path counts as unproven. */
const patience = 10_000

/** Tells of each node whose death would not be noticed, once, and when that is over, until the signal is aborted. */
export async function watchProbePaths({ clock, prober, nodes, onEvent, signal }: ProbePathOptions): Promise<void> {
  const paths = new Map(
    nodes.map(({ name }): [string, Path] => [name, { repliedAt: undefined, last: undefined, isTold: false }]),
  )
  const tell = (node: FailoverNode, isProven: boolean, summary: string): void =>
    onEvent({
      at: clock.now(),
      type: isProven ? 'Normal' : 'Warning',
      reason: isProven ? 'ProbePathProven' : 'ProbePathUnproven',
      node: node.name,
      summary,
    })
  const look = (): void => {
    for (const node of nodes) {
      const path = paths.get(node.name)
      if (path === undefined) continue
      const isUnproven = isUnprovenAt(path, clock.monotonic())
      if (isUnproven && !path.isTold) tell(node, false, problemOf(node, path.last?.kind))
      if (!isUnproven && path.isTold) tell(node, true, `Node ${node.name} answers at ${node.probe}.`)
      path.isTold = isUnproven
    }
  }
  const unlisten = prober.listen(({ node, vantage, kind, at }) => {
    const path = paths.get(node)
    if (path === undefined || vantage !== 'leader') return
    path.last = { kind, at }
    if (kind === 'reply') path.repliedAt = at
  })
  try {
    while (!signal.aborted) {
      await clock.sleep(patience, { signal })
      look()
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    unlisten()
  }
}

/** Once it has worked its silence counts, unless somebody in between has begun to answer. */
function isUnprovenAt({ repliedAt, last }: Path, now: number): boolean {
  return repliedAt === undefined || (last?.kind === 'handshake' && now - repliedAt >= patience)
}

function problemOf({ name, probe }: FailoverNode, kind: ProbeEvidence['kind'] | undefined): string {
  const consequence = 'as long as it is so, its death would not be noticed'
  switch (kind) {
    case undefined:
      return `Node ${name} could not be probed at ${probe}: allow this process to open sockets; ${consequence}.`
    case 'handshake':
      return `Node ${name} is answered for at ${probe}, as an address that nobody has is too (see the lie test of the prober): probe it on a way without a proxy; ${consequence}.`
    case 'refused':
      return `Node ${name} refuses connections at ${probe}: probe a port that is open as long as the machine runs; ${consequence}.`
    case 'silence':
    case 'reply':
      return `Node ${name} does not answer at ${probe}: open the port to this machine, or probe another; ${consequence}.`
  }
}
