import type { NodePlan } from '@failover-ip/provider'

/** An address that this node is to carry, and as whom: a candidate carries it without being sent its packets. */
export interface WantedAddress {
  readonly plan: NodePlan
  readonly role: 'holder' | 'candidate'
}
