import type { Condition, ConditionType, Reason } from '@failover-ip/core'

/** Of a FailoverIPClass; those of a FailoverIP are core's. */
export type ClassConditionType = 'Accepted' | 'CredentialsValid'

/** What a condition is to say now. */
export interface ConditionUpdate {
  readonly type: ClassConditionType | ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: Reason
  /** One sentence. */
  readonly message: string
  /** The generation of the spec that was looked at. */
  readonly observedGeneration: number
}

/** As the API server's schema allows. */
const maximumMessageLength = 32_768

/**
 * The conditions with one of them set. Its `lastTransitionTime` changes with its status alone, not with its reason.
 *
 * @param now Unix milliseconds
 */
export function setCondition(
  conditions: readonly Condition[],
  update: ConditionUpdate,
  now: number,
): readonly Condition[] {
  const previous = conditions.find(({ type }) => type === update.type)
  const same = previous?.status === update.status
  const condition: Condition = {
    ...update,
    message: update.message.slice(0, maximumMessageLength),
    lastTransitionTime: same ? previous.lastTransitionTime : conditionTime(now),
  }
  if (previous === undefined) return [...conditions, condition]
  return conditions.map((each) => (each === previous ? condition : each))
}

/** `metav1.Time`: whole seconds. */
function conditionTime(now: number): string {
  return new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
