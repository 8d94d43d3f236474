import type { Condition } from '@failover-ip/core'
import type { ParsedFailoverIPClass } from '@failover-ip/kubernetes'
import type { AccountAnswer } from '../provider/ask-account.ts'
import type { Finding } from '../report/finding.ts'

/** What an operator has said of the class as it is now. */
export function conditionOf({ status, generation }: ParsedFailoverIPClass, type: string): Condition | undefined {
  return status.conditions?.find((each) => each.type === type && each.observedGeneration === generation)
}

export function checkClass(served: ParsedFailoverIPClass, answer: AccountAnswer): Finding {
  const subject = 'class'
  const { addresses, controllerName } = served.spec
  const accepted = conditionOf(served, 'Accepted')
  if (answer.kind === 'invalid') return { subject, verdict: 'FAIL', message: answer.why }
  if (accepted?.status === 'False') return { subject, verdict: 'FAIL', message: accepted.message }
  if (addresses.length === 0) {
    const message = 'The class lists no addresses, so that nothing may be touched: add them to its spec.addresses.'
    return { subject, verdict: 'FAIL', message }
  }
  const what = `${controllerName} may touch ${addresses.join(', ')}`
  if (accepted?.status === 'True') return { subject, verdict: 'ok', message: `accepted; ${what}` }
  return { subject, verdict: 'warn', message: `${what}, but no operator has accepted the class as it is now.` }
}

/**
 * Whether the provider takes the credentials. A check reads only: that a right to change is missing, the provider says
 * at the first change, to the operator.
 */
export function checkCredentials(served: ParsedFailoverIPClass, answer: AccountAnswer): Finding {
  const subject = 'credentials'
  const told = conditionOf(served, 'CredentialsValid')
  if (answer.kind === 'invalid') return { subject, verdict: 'skip', message: 'not tried, see above' }
  if (answer.kind === 'asked' && answer.denied !== undefined) {
    return { subject, verdict: 'FAIL', message: answer.denied }
  }
  if (told?.status === 'False') return { subject, verdict: 'FAIL', message: told.message }
  if (answer.kind === 'asked') {
    const changes =
      told?.status === 'True' ? 'the operator works with them' : 'a right to change shows at the first move'
    return { subject, verdict: 'ok', message: `${answer.provider} takes them for reading; ${changes}` }
  }
  if (told?.status === 'True') {
    return { subject, verdict: 'ok', message: `The operator says: ${told.message} Not tried from here: ${answer.why}` }
  }
  return { subject, verdict: 'skip', message: answer.why }
}
