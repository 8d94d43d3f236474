import type { AgentReport } from '@failover-ip/core'
import { parseFailoverNode, type KubernetesObject } from '@failover-ip/kubernetes'

/** What the agent of a node says. Never throws. */
export function failoverNodeRecordOf(object: KubernetesObject): AgentReport {
  const parsed = parseFailoverNode(object)
  if (parsed.ok) return { kind: 'reported', status: parsed.value.status }
  const { reason, message, identity } = parsed.problem
  return { kind: 'unreadable', reason, message: `The FailoverNode ${identity.name} cannot be read: ${message}` }
}
