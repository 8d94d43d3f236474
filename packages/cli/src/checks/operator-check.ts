import type { ParsedFailoverIPClass } from '@failover-ip/kubernetes'
import type { Reading } from '../cluster/reading.ts'
import type { RunningOperator } from '../cluster/running-operators.ts'
import type { Finding } from '../report/finding.ts'

/** The operators that serve a class. More than one Lease among them means that two act at a time. */
export function operatorsOf(
  { spec }: ParsedFailoverIPClass,
  operators: Reading<readonly RunningOperator[]>,
): readonly RunningOperator[] {
  return operators.kind === 'read' ? operators.value.filter((each) => each.controllerName === spec.controllerName) : []
}

/** Whether exactly one operator serves the class. */
export function checkOperator(served: ParsedFailoverIPClass, operators: Reading<readonly RunningOperator[]>): Finding {
  const subject = 'operator'
  const { controllerName } = served.spec
  if (operators.kind === 'unread') return { subject, verdict: 'skip', message: operators.why }
  const [first, ...others] = operatorsOf(served, operators)
  if (first === undefined) return missing(served)
  if (others.length === 0) {
    return { subject, verdict: 'ok', message: `${first.identity} leads by the Lease ${leaseOf(first)}` }
  }
  const leases = [first, ...others].map((each) => `${leaseOf(each)} (${each.identity})`).join(', ')
  const message =
    `Several operators serve ${controllerName}, each by a Lease of its own: ${leases}. They undo each other's moves: ` +
    'uninstall all but one, or give each its own --controller-name and classes.'
  return { subject, verdict: 'FAIL', message }
}

function missing({ spec: { controllerName }, status, generation }: ParsedFailoverIPClass): Finding {
  const seen = status.conditions?.some(({ observedGeneration }) => observedGeneration === generation) === true
  const message = seen
    ? `No operator for ${controllerName} holds a Lease now, though one has looked at the class: see whether it still runs, or runs with --leader-elect=false.`
    : `No operator for ${controllerName} runs: install it, or correct spec.controllerName in a new class.`
  return { subject: 'operator', verdict: seen ? 'warn' : 'FAIL', message }
}

function leaseOf({ namespace, lease }: RunningOperator): string {
  return `${namespace}/${lease}`
}
