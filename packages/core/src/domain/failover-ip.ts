import type { JsonValue, ServerReference } from '@failover-ip/provider'
import type { PolicyOverrides } from './policy.ts'
import type { PublishedNodePlan } from './published-node-plan.ts'

/** As in a Pod. */
export interface Toleration {
  readonly key?: string
  readonly operator?: 'Exists' | 'Equal'
  readonly value?: string
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** Nodes with all these labels are liked that much better; weights of several add up. */
export interface NodePreference {
  /** 1 to 100. */
  readonly weight: number
  readonly nodeSelector: Readonly<Record<string, string>>
}

/** FailoverIPs of one account that name the same group keep apart. Where they state different limits the smallest counts. */
export interface SpreadRule {
  readonly group: string
  /** A whole number from 1; absent: no limit. */
  readonly maxPerNode?: number
  /** A whole number from 1; absent: no limit. */
  readonly maxPerZone?: number
}

/** What the user wants: `spec` of a FailoverIP, read. Times in milliseconds. */
export interface FailoverIPSpec extends PolicyOverrides {
  /** Canonical; never empty. */
  readonly addresses: readonly string[]
  readonly className?: string
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly tolerations?: readonly Toleration[]
  readonly priority?: number
  readonly nodePreferences?: readonly NodePreference[]
  /** The group is one of its namespace. */
  readonly spread?: SpreadRule
  /** Of its namespace: the Service whose load balancer the addresses are. */
  readonly serviceRef?: { readonly name: string }
}

/** The write-ahead intent of one mutation at the provider. Times are RFC 3339. */
export interface OperationRecord {
  readonly id: string
  readonly kind: 'assign' | 'release'
  readonly epoch: number
  readonly reason: string
  readonly from?: ServerReference
  readonly to?: ServerReference
  readonly fromNode?: string
  readonly toNode?: string
  readonly startedAt: string
  /** After this the call that the writer of the intent made has ended, on anybody's clock from its first sight. */
  readonly callTimeoutSeconds: number
  /** What the provider gave to ask again about it. */
  readonly providerOperation?: JsonValue
}

export interface AddressStatus {
  readonly address: string
  /** The prefix that the provider routes as a whole. */
  readonly unit: string
  readonly epoch: number
  readonly node?: string
  readonly server?: ServerReference
  readonly operation?: OperationRecord
  /** When the last change was sent to the provider, RFC 3339; cool-downs and account windows are counted from it. */
  readonly sentAt?: string
  /** When the last change was seen done, RFC 3339; unsettled reads are counted from it. */
  readonly changedAt?: string
  /** What carrying it takes, for the node agents; absent: nothing. One that cannot be read is made anew. */
  readonly nodePlan?: PublishedNodePlan | undefined
}

/** Times of a move's phases, RFC 3339 with milliseconds. */
export interface MoveRecord {
  readonly reason: string
  readonly from?: string
  readonly to: string
  /** Last sign of life of the old holder, or the moment at which the cause was seen. */
  readonly startedAt: string
  readonly detectedAt?: string
  readonly decidedAt?: string
  readonly acceptedAt?: string
  readonly confirmedAt?: string
  /** When the new holder's agent was first seen to carry all addresses; absent where no agent has to. */
  readonly configuredAt?: string
}

/** As in `metav1.Condition`. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly observedGeneration?: number
  readonly lastTransitionTime: string
  readonly reason: string
  readonly message: string
}

/** The Service that shows addresses of a FailoverIP, and those that it was, or is about to be, given. */
export interface PublishedTo {
  readonly service: string
  readonly addresses: readonly string[]
}

/** What is: `status` of a FailoverIP. The leading operator alone writes it. */
export interface FailoverIPStatus {
  readonly observedGeneration?: number
  readonly addresses?: readonly AddressStatus[]
  readonly addressSummary?: string
  /** The class that serves it, or served it last: one that names none keeps it while no default one can be told. */
  readonly className?: string
  readonly node?: string
  /** While paused: where it would go. */
  readonly plannedNode?: string
  readonly standbys?: readonly string[]
  readonly lastMove?: MoveRecord
  readonly moves?: number
  readonly nextMoveNotBefore?: string
  /** How many nodes were not eligible, by code. */
  readonly rejectedNodes?: Readonly<Record<string, number>>
  readonly publishedTo?: PublishedTo
  readonly conditions?: readonly Condition[]
}
