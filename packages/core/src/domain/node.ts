import type { NodeFacts } from '@failover-ip/provider'
import type { AgentReport } from './agent-report.ts'

export interface Taint {
  readonly key: string
  readonly value?: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** What the cluster says about a node. Without Kubernetes only `facts`, `uid` and `probeAddress` are more than defaults. */
export interface NodeState {
  readonly facts: NodeFacts
  /** Another machine of the same name has another one. */
  readonly uid: string
  readonly zone?: string
  readonly unschedulable: boolean
  readonly taints: readonly Taint[]
  /** The Ready condition; `undefined` where nobody says. */
  readonly ready?: 'True' | 'False' | 'Unknown'
  /** Its kubelet says that it is not ready because the machine is being shut down. */
  readonly shuttingDown?: boolean
  readonly networkUnavailable: boolean
  readonly deleting: boolean
  readonly bootID?: string
  /** Where it is probed: an address, or address and port; never a failover IP. Absent: it cannot be probed. */
  readonly probeAddress?: string
  /** Local monotonic milliseconds at which a renewal of its Lease was last seen. */
  readonly leaseSeenAt?: number
  /**
   * Local monotonic milliseconds at which its Lease was first seen. The renewal that it showed then may be of any age: it
   * is no sign of life, but what has not been renewed since is missed as any other.
   */
  readonly leaseFirstSeenAt?: number
  /** Milliseconds between two renewals, as the Lease promises (a quarter of its duration). */
  readonly leaseInterval?: number
  /** Absent: no agent has said anything of this node. */
  readonly agent?: AgentReport
}
