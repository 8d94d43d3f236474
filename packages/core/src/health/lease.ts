import type { NodeState } from '../domain/node.ts'
import { healthDefaults } from './defaults.ts'

/** Local monotonic time at which the next renewal is missing; `undefined` when the node has no Lease. */
export function leaseOverdueAt({ leaseSeenAt, leaseInterval }: NodeState): number | undefined {
  if (leaseSeenAt === undefined) return undefined
  return leaseSeenAt + (leaseInterval ?? healthDefaults.leaseInterval) * healthDefaults.leaseOverdueIntervals
}

/** Milliseconds that a Lease must stay overdue. */
export function leaseSettle({ leaseInterval }: NodeState): number {
  return (leaseInterval ?? healthDefaults.leaseInterval) * healthDefaults.leaseSettleIntervals
}

export function isLeaseFresh(node: NodeState, now: number): boolean {
  const overdueAt = leaseOverdueAt(node)
  return overdueAt !== undefined && now < overdueAt
}
