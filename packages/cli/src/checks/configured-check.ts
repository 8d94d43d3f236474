import type { ParsedFailoverIP } from '@failover-ip/kubernetes'
import type { Finding } from '../report/finding.ts'

/**
 * Whether the holder carries the addresses, as the operator has it from the holder's agent. No line where no agent has to
 * see to it.
 *
 * @param withAgent names of the nodes whose agent may still be believed
 */
export function checkConfigured(
  { status, generation }: ParsedFailoverIP,
  withAgent: ReadonlySet<string>,
): readonly Finding[] {
  const subject = 'configured'
  const told = status.conditions?.find(({ type }) => type === 'Configured')
  if (told === undefined) return []
  const { reason, message } = told
  if (told.status !== 'True') {
    const passes = told.status === 'Unknown' || reason === 'Configuring'
    return [{ subject, verdict: passes ? 'warn' : 'FAIL', message: `${reason}: ${message}` }]
  }
  if (told.observedGeneration !== undefined && told.observedGeneration < generation) {
    return [{ subject, verdict: 'warn', message: `No operator has looked at its latest change; before, ${message}` }]
  }
  if (status.node !== undefined && !withAgent.has(status.node)) {
    const last = `That is the last word of the agent of ${status.node}, which does not run now.`
    return [{ subject, verdict: 'warn', message: `${message} ${last}` }]
  }
  return [{ subject, verdict: 'ok', message }]
}
