import type { FailoverNodeStatus } from '@failover-ip/core'
import type { NodeRecord } from '@failover-ip/operator/preflight'
import type { Reading } from '../cluster/reading.ts'
import type { Finding } from '../report/finding.ts'
import { namesOf } from './checked-addresses.ts'

const slowly = 'a death there is seen in 25 to 45 s'

/**
 * Whether the death of each candidate would be seen at once: its agent has answered an operator's probe.
 *
 * @param candidates with an agent that may still be believed
 * @param port the UDP port at which the operator probes
 */
export function checkProbePath(
  candidates: readonly NodeRecord[],
  failoverNodes: Reading<ReadonlyMap<string, FailoverNodeStatus>>,
  port: number,
): readonly Finding[] {
  const subject = 'probe path'
  if (candidates.length === 0) return [{ subject, verdict: 'skip', message: 'there is no agent that could answer' }]
  if (failoverNodes.kind === 'unread') return [{ subject, verdict: 'skip', message: failoverNodes.why }]
  const statuses = failoverNodes.kind === 'read' ? failoverNodes.value : new Map<string, FailoverNodeStatus>()
  const present = candidates.flatMap((node): readonly [NodeRecord, FailoverNodeStatus][] => {
    const status = statuses.get(node.name)
    // What an earlier boot has said, its agent may not be there any more to say otherwise.
    return status === undefined || isOfEarlierBoot(node, status) ? [] : [[node, status]]
  })
  if (present.length === 0) {
    const message = `No agent has reported: deaths are seen by Kubernetes' own signs, in 25 to 45 s. Install the agent to see them in under a second, or see why it cannot write FailoverNodes.`
    return [{ subject, verdict: 'warn', message }]
  }
  const absent = candidates.filter((node) => present.every(([other]) => other !== node)).map(({ name }) => name)
  const findings: Finding[] = []
  if (absent.length > 0) {
    const message = `${namesOf(absent)}: no agent has reported since the boot. See its pod there; until then ${slowly}.`
    findings.push({ subject, verdict: 'FAIL', message })
  }
  const silent = present.flatMap(([{ name }, { conditions = [] }]) => {
    const fast = conditions.find(({ type }) => type === 'FastDetection')
    return fast?.status === 'True' ? [] : [{ name, says: fast?.message }]
  })
  for (const { name, says } of silent) {
    const message =
      `${name}: udp/${port} never answered an operator${says === undefined ? '' : ` (its agent: ${says.replace(/\.$/, '')})`}. ` +
      `Open it between nodes; until then ${slowly}.`
    findings.push({ subject, verdict: 'FAIL', message })
  }
  if (findings.length > 0) return findings
  return [
    { subject, verdict: 'ok', message: `${present.length}/${candidates.length} nodes answer probes on udp/${port}` },
  ]
}

function isOfEarlierBoot({ bootID }: NodeRecord, status: FailoverNodeStatus): boolean {
  return bootID !== undefined && status.bootID !== undefined && status.bootID !== bootID
}
