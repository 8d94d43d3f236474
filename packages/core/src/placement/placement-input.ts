import type { NodePreference, SpreadRule, Toleration } from '../domain/failover-ip.ts'
import type { Taint } from '../domain/node.ts'
import type { Verdict } from '../health/verdict.ts'

/** A node as placement sees it. */
export interface PlacementNode {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly verdict: Verdict
  /** 0 is best (`NodeVerdict.rank`). */
  readonly rank: number
  readonly unstable: boolean
  /** Unix milliseconds since which it is healthy, for failback after a delay; absent: long enough. */
  readonly healthySince?: number
  /** What a spread counts as a zone; absent: the location of its server. */
  readonly zone?: string
  /** By account: the server behind the node. An account that is absent knows no server for it. */
  readonly accounts: ReadonlyMap<string, PlacementServer>
}

export interface PlacementServer {
  readonly location: string
  /** Slots for items, strangers' units already subtracted; `null`: no limit. 0 or less: none. */
  readonly capacity: number | null
}

/** Hard rules. One object shared by all items with equal rules: identity is what makes large inputs cheap. */
export interface Eligibility {
  readonly account: string
  /** The only location that the units may go to; `null`: any. */
  readonly location: string | null
  readonly nodeSelector: Readonly<Record<string, string>>
  readonly tolerations: readonly Toleration[]
}

/** All addresses of one FailoverIP. */
export interface PlacementItem {
  readonly name: string
  /** Where it is now; `null`: nowhere. A name that is not among the nodes is a home that is gone. */
  readonly home: string | null
  /** Its home counts as fit although its verdict is `leaving`: the policy does not move it yet. */
  readonly homeHeld?: boolean
  /** Higher wins when not all can be served. */
  readonly priority: number
  readonly eligibility: Eligibility
  /** Slots that it takes of its server, a whole number from 1; absent: one. */
  readonly slots?: number
  /** Best shared as one list by all items with equal preferences. */
  readonly preferences?: readonly NodePreference[]
  readonly spread?: SpreadRule
  /** It leaves a fit home for a node that it likes better once that one is healthy for so many milliseconds; absent: never. */
  readonly failback?: { readonly delay: number }
  /** Nodes that the provider refused for it, and until when (Unix milliseconds). */
  readonly refusals?: readonly { readonly node: string; readonly until: number }[]
}

export interface PlacementInput {
  readonly items: readonly PlacementItem[]
  readonly nodes: readonly PlacementNode[]
  /** Unix milliseconds. */
  readonly now: number
}
