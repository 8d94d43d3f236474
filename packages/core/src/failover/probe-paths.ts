import type { Clock } from '@failover-ip/provider'
import type { ProbeEvidence, Prober } from '../ports/prober.ts'
import type { FailoverNode } from './failover-options.ts'
import { probePathPatience, tellProbePaths, type ProbePathEvent } from './tell-probe-paths.ts'

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
}

/** Tells of each node of the library form whose death would not be noticed, until the signal is aborted. */
export async function watchProbePaths({ clock, prober, nodes, onEvent, signal }: ProbePathOptions): Promise<void> {
  const paths = new Map(nodes.map(({ name }): [string, Path] => [name, { repliedAt: undefined, last: undefined }]))
  const unlisten = prober.listen(({ node, vantage, kind, at }) => {
    const path = paths.get(node)
    if (path === undefined || vantage !== 'leader') return
    path.last = { kind, at }
    if (kind === 'reply') path.repliedAt = at
  })
  const problem = (node: FailoverNode): string | undefined => {
    const path = paths.get(node.name)
    return path !== undefined && isUnprovenAt(path, clock.monotonic()) ? problemOf(node, path.last?.kind) : undefined
  }
  const look = () => nodes.map((node) => ({ node: node.name, address: node.probe, problem: problem(node) }))
  try {
    await tellProbePaths({ clock, look, onEvent, signal })
  } finally {
    unlisten()
  }
}

/** Once it has worked its silence counts, unless somebody in between has begun to answer. */
function isUnprovenAt({ repliedAt, last }: Path, now: number): boolean {
  return repliedAt === undefined || (last?.kind === 'handshake' && now - repliedAt >= probePathPatience)
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
