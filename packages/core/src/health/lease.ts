import type { NodeState } from '../domain/node.ts'
import { healthDefaults } from './defaults.ts'

/**
 * Local monotonic time at which the next renewal is missing, after the last one or, for who has seen none yet, after the
 * first sight of the Lease; `undefined` when the node has none.
 */
export function leaseOverdueAt({ leaseSeenAt, leaseFirstSeenAt, leaseInterval }: NodeState): number | undefined {
  const quietSince = leaseSeenAt ?? leaseFirstSeenAt
  if (quietSince === undefined) return undefined
  return quietSince + (leaseInterval ?? healthDefaults.leaseInterval) * healthDefaults.leaseOverdueIntervals
}

/** Milliseconds that a Lease must stay overdue. */
export function leaseSettle({ leaseInterval }: NodeState): number {
  return (leaseInterval ?? healthDefaults.leaseInterval) * healthDefaults.leaseSettleIntervals
}

/** A renewal was seen, and the next one is not missing yet. */
export function isLeaseFresh(node: NodeState, now: number): boolean {
  return node.leaseSeenAt !== undefined && !isLeaseOverdue(node, now)
}

export function isLeaseOverdue(node: NodeState, now: number): boolean {
  const overdueAt = leaseOverdueAt(node)
  return overdueAt !== undefined && now >= overdueAt
}
