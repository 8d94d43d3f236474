import type { ServerState } from '@failover-ip/provider'
import type { NodeState } from '../domain/node.ts'
import type { Policy } from '../domain/policy.ts'
import type { LiveNode } from '../ports/node-reader.ts'
import type { NodeTrack } from './node-track.ts'
import type { NodeVerdict } from './verdict.ts'

export interface HealthInput {
  /** Local monotonic milliseconds. */
  readonly now: number
  readonly nodes: readonly NodeState[]
  /** Nodes that hold an address, with the strictest detection of the FailoverIPs that they hold. */
  readonly holders: ReadonlyMap<string, Policy['detection']>
  /** What probes said, folded; a node that was never probed has none. */
  readonly tracks: ReadonlyMap<string, NodeTrack>
  /**
   * The node that this process runs on. What is heard there depends on the same cable as what is heard here: silence at
   * its agent confirms nothing, and its voice does not show that we are not blind. Absent: not known.
   */
  readonly ownNode?: string
  /** Whether a prober is there at all; without one only the slow path is taken. */
  readonly probing: boolean
  /** Without Kubernetes there is no Lease and no Ready condition: silence for twice `misses` decides alone. */
  readonly kubernetes: boolean
  /** What the cloud said last about the nodes' servers; absent where it was not asked. */
  readonly serverStates: ReadonlyMap<string, { readonly state: ServerState; readonly at: number }>
  /** Live reads, with the local monotonic time at which they were begun. */
  readonly liveNodes: ReadonlyMap<string, { readonly node: LiveNode; readonly at: number }>
  /** The last outcome: history for `since` and `unstable`. Empty after a start. */
  readonly previous: ReadonlyMap<string, NodeVerdict>
}
