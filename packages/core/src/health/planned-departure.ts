import type { NodeState } from '../domain/node.ts'
import type { Judgement } from './judgement.ts'
import type { VerdictReason } from './verdict.ts'

/** Presence counts, whatever the value, as Kubernetes has it for the first. */
const excludingLabels = ['node.kubernetes.io/exclude-from-external-load-balancers', 'failover-ip.dev/exclude']

/**
 * Taints of those who are about to take the node away. `DeletionCandidateOfClusterAutoscaler` is not among them: most
 * candidates stay.
 */
const departureTaints: ReadonlyMap<string, VerdictReason> = new Map([
  ['ToBeDeletedByClusterAutoscaler', 'AutoscalerRemoves'],
  ['karpenter.sh/disrupted', 'Draining'],
  ['karpenter.sh/disruption', 'Draining'],
])

/** Signs that a node which may be quite well is going to leave. A cordon comes last: a policy may ignore it alone. */
export function judgeDeparture(node: NodeState): Judgement {
  const { name, labels } = node.facts
  const leaving = (reason: VerdictReason, message: string): Judgement => ({
    finding: { verdict: 'leaving', reason, message },
  })
  if (node.deleting) return leaving('NodeDeleted', `${name} is being deleted from the cluster`)
  for (const [key, reason] of departureTaints) {
    if (node.taints.some((taint) => taint.key === key)) return leaving(reason, `${name} has the taint ${key}`)
  }
  const label = excludingLabels.find((key) => labels[key] !== undefined)
  if (label !== undefined) return leaving('Excluded', `${name} has the label ${label}`)
  if (node.unschedulable) return leaving('Cordoned', `${name} is cordoned`)
  return {}
}
