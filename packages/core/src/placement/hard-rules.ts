import type { Toleration } from '../domain/failover-ip.ts'
import type { Taint } from '../domain/node.ts'
import { compareText } from './order.ts'
import type { Eligibility, PlacementNode } from './placement-input.ts'
import type { RejectionCode } from './placement-result.ts'

export interface BrokenRule {
  readonly code: RejectionCode
  readonly message: string
}

/**
 * The first of the item's own rules that forbids the node, its health and its slots apart.
 *
 * Unlike for Pods, NoSchedule drives out too, as cordoning does: where an item ends must not depend on what came first.
 */
export function brokenRule(rules: Eligibility, node: PlacementNode): BrokenRule | undefined {
  const server = node.accounts.get(rules.account)
  if (server === undefined) {
    return { code: 'NoServer', message: `The account ${rules.account} knows no server behind ${node.name}.` }
  }
  if (rules.location !== null && server.location !== rules.location) {
    const message = `${node.name} is in ${server.location}, the addresses can only go to ${rules.location}.`
    return { code: 'WrongLocation', message }
  }
  const missing = Object.entries(rules.nodeSelector)
    .sort(([a], [b]) => compareText(a, b))
    .find(([key, value]) => !hasLabel(node, key, value))
  if (missing !== undefined) {
    return { code: 'SelectorMismatch', message: `${node.name} does not have the label ${missing[0]}=${missing[1]}.` }
  }
  const [taint] = node.taints
    .filter((one) => drivesOut(one, rules))
    .map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`)
    .sort(compareText)
  if (taint !== undefined) {
    return { code: 'TaintNotTolerated', message: `The taint ${taint} of ${node.name} is not tolerated.` }
  }
  return undefined
}

export function hasLabel({ labels }: PlacementNode, key: string, value: string): boolean {
  return Object.hasOwn(labels, key) && labels[key] === value
}

/** Whether the taint keeps what has these rules away. */
export function drivesOut(taint: Taint, { tolerations }: Eligibility): boolean {
  return repels(taint) && !tolerations.some((toleration) => tolerates(toleration, taint))
}

/** Whether it keeps away who does not tolerate it. */
export function repels(taint: Taint): boolean {
  return taint.effect !== 'PreferNoSchedule' && !saysHealth(taint)
}

/** Taints by which Kubernetes, the cloud or an autoscaler tells a node's health or departure: the verdict weighs them. */
function saysHealth({ key }: Taint): boolean {
  return (
    key.startsWith('node.kubernetes.io/') ||
    key.startsWith('node.cloudprovider.kubernetes.io/') ||
    key.startsWith('karpenter.sh/') ||
    key === 'ToBeDeletedByClusterAutoscaler' ||
    key === 'DeletionCandidateOfClusterAutoscaler'
  )
}

function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false
  if (toleration.operator === 'Exists') return toleration.key === undefined || toleration.key === taint.key
  return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '')
}
