import type { FailoverNodeStatus } from './failover-node-status.ts'
import type { Reason } from './reasons.ts'

/**
 * What is known of a node's agent. `reported`: what it said last. `unread`: nobody was asked yet, what was known before stands.
 * `unreadable`: it cannot be known, and why.
 */
export type AgentReport =
  | { readonly kind: 'reported'; readonly status: FailoverNodeStatus }
  | { readonly kind: 'unread' }
  | { readonly kind: 'unreadable'; readonly reason: Reason; readonly message: string }
