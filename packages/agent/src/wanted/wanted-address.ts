import type { NodePlan } from '@failover-ip/provider'

/** An address that this node is to carry, and as whom: a candidate carries it without being sent its packets. */
export interface WantedAddress {
  readonly plan: NodePlan
  readonly role: 'holder' | 'candidate'
  /** Of the status that asks for it; it changes nothing but what is reported. */
  readonly epoch?: number
}

/** All that is wanted of a node. What is not in here is taken off. */
export interface Wanted {
  readonly carry: readonly WantedAddress[]
  /** Something is asked for these that cannot be read: what is there of them stays as it is. */
  readonly leave: readonly string[]
}
