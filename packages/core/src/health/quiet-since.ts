import type { NodeState } from '../domain/node.ts'
import type { HealthInput } from './health-input.ts'
import { isLeaseOverdue } from './lease.ts'
import { holdsAnother, type Surroundings } from './surroundings.ts'
import type { QuietSince } from './verdict.ts'

/**
 * When nobody's Lease is renewed it is the API server that is away: that says nothing about the node, and when it is
 * back every Lease has its whole time again.
 */
export function quietSince(node: NodeState, input: HealthInput, around: Surroundings): QuietSince {
  const before = input.previous.get(node.facts.name)?.quietSince
  const lease = isLeaseOverdue(node, input.now) && holdsAnother(around.leaseFresh, node.facts.name)
  const ready = notReadyReason(node) !== undefined
  return {
    ...(lease ? { lease: before?.lease ?? input.now } : {}),
    ...(ready ? { ready: before?.ready ?? input.now } : {}),
  }
}

/** Taints count where there is no condition: beside a condition that is True they are about to be taken off. */
export function notReadyReason({ ready, taints }: NodeState): 'NotReady' | 'Unreachable' | undefined {
  if (ready === 'True') return undefined
  const tainted = (key: string): boolean => ready === undefined && taints.some((taint) => taint.key === key)
  if (ready === 'Unknown' || tainted('node.kubernetes.io/unreachable')) return 'Unreachable'
  return ready === 'False' || tainted('node.kubernetes.io/not-ready') ? 'NotReady' : undefined
}
