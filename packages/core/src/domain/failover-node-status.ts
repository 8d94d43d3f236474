import type { Condition } from './failover-ip.ts'

/** One address that a node is asked to carry, and how that stands there. */
export interface NodeAddressStatus {
  readonly address: string
  /** That of the FailoverIP's status which the agent acted on. */
  readonly epoch: number
  readonly role: 'holder' | 'candidate'
  readonly carried: boolean
  /** Of an address that is not carried: the agent's code and sentence. */
  readonly reason?: string
  readonly message?: string
}

/** What a node's agent says of its node: `status` of a FailoverNode. That agent alone writes it. */
export interface FailoverNodeStatus {
  /** What an earlier boot carried, this one does not. */
  readonly bootID?: string
  /** RFC 3339; when it was last written. No heartbeat: equal content is not written again. */
  readonly observedAt?: string
  readonly interfaces?: readonly { readonly name: string; readonly mac?: string }[]
  readonly addresses?: readonly NodeAddressStatus[]
  readonly conditions?: readonly Condition[]
}
