import { setCondition, type ClassConditionType, type FailoverIPClassStatus } from '@failover-ip/kubernetes'
import type { ClassAccount, Finding } from '../accounts/class-account.ts'

/** The class's status with its two conditions as they are to be now. */
export function withClassConditions(
  status: FailoverIPClassStatus,
  { accepted, credentialsValid }: Pick<ClassAccount, 'accepted' | 'credentialsValid'>,
  generation: number,
  now: number,
): FailoverIPClassStatus {
  const findings: readonly (readonly [ClassConditionType, Finding])[] = [
    ['Accepted', accepted],
    ['CredentialsValid', credentialsValid],
  ]
  const conditions = findings.reduce(
    (all, [type, finding]) => setCondition(all, { type, ...finding, observedGeneration: generation }, now),
    status.conditions ?? [],
  )
  return { ...status, observedGeneration: generation, conditions }
}
