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
  const taint = node.taints.find((one) => repels(one) && !rules.tolerations.some((by) => tolerates(by, one)))
  if (taint !== undefined) {
    const shown = `${taint.key}${taint.value ? `=${taint.value}` : ''}:${taint.effect}`
    return { code: 'TaintNotTolerated', message: `The taint ${shown} of ${node.name} is not tolerated.` }
  }
  return undefined
}

/** Whether `brokenRule` finds none: the same rules, prepared to be asked about thousands of nodes. */
export function allows(rules: Eligibility): (node: PlacementNode) => boolean {
  const { account, location, tolerations } = rules
  const labels = Object.entries(rules.nodeSelector)
  return (node) => {
    const server = node.accounts.get(account)
    if (server === undefined || (location !== null && server.location !== location)) return false
    for (const [key, value] of labels) if (!hasLabel(node, key, value)) return false
    return !node.taints.some((taint) => repels(taint) && !tolerations.some((by) => tolerates(by, taint)))
  }
}

export function hasLabel({ labels }: PlacementNode, key: string, value: string): boolean {
  return Object.hasOwn(labels, key) && labels[key] === value
}

function repels(taint: Taint): boolean {
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
