import type { NodeRecord } from '@failover-ip/operator/preflight'
import { agentSelector, type AgentPod } from '../cluster/agent-pods.ts'
import { readItems, type Reading } from '../cluster/reading.ts'
import type { Finding } from '../report/finding.ts'
import { namesOf } from './checked-addresses.ts'

/** Those on which an agent runs, by its pod; all, where that cannot be told. */
export function nodesWithAgent(
  nodes: readonly NodeRecord[],
  pods: Reading<readonly AgentPod[]>,
): readonly NodeRecord[] {
  if (pods.kind !== 'read') return nodes
  const running = new Set(pods.value.filter(({ trouble }) => trouble === undefined).map(({ node }) => node))
  return nodes.filter(({ name }) => running.has(name))
}

/** Whether an agent runs on each of the nodes, which are Ready. */
export function checkAgents(nodes: readonly NodeRecord[], pods: Reading<readonly AgentPod[]>): readonly Finding[] {
  const subject = 'agents'
  if (pods.kind !== 'read') {
    const why = pods.kind === 'unread' ? pods.why : 'There are no Pods.'
    return [{ subject, verdict: 'skip', message: `Whether they run now is not known: ${why}` }]
  }
  if (nodes.length === 0) return [{ subject, verdict: 'skip', message: 'no node is Ready that could run one' }]
  if (pods.value.length === 0) {
    const message =
      `No agent runs (no pod has the labels ${agentSelector}): deaths are seen by Kubernetes' own signs, in 25 to 45 s. ` +
      'Install the agent to see them in under a second, or see why its DaemonSet makes no pods.'
    return [{ subject, verdict: 'warn', message }]
  }
  const running = nodesWithAgent(nodes, pods)
  const without = nodes.filter((node) => !running.includes(node)).map(({ name }) => name)
  const broken = readItems(pods).filter(({ node = '', trouble }) => trouble !== undefined && without.includes(node))
  const missing = without.filter((name) => broken.every(({ node }) => node !== name))
  const slowly = 'until then a death there is seen in 25 to 45 s.'
  const findings = broken.map(({ node = '', key, trouble = '' }): Finding => {
    return { subject, verdict: 'FAIL', message: `${node}: ${key} is not Ready (${trouble}). See its log; ${slowly}` }
  })
  if (missing.length > 0) {
    const message = `${namesOf(missing)}: no agent runs there. See its DaemonSet, and the chart's agent.nodeSelector and agent.tolerations; ${slowly}`
    findings.push({ subject, verdict: 'FAIL', message })
  }
  if (findings.length > 0) return findings
  return [{ subject, verdict: 'ok', message: `${running.length}/${nodes.length} Ready nodes have one that runs` }]
}
