import { mergeConditions, type ConditionDraft } from '../domain/condition.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { Decision } from './decision.ts'

/**
 * For one that a defect of ours keeps from being decided on: nothing of it is touched, and its conditions say so. The
 * cause is for the log; a condition could carry what nobody wanted to show.
 */
export function decideBroken({ status, generation }: FailoverIPInput, now: number): Decision {
  const message =
    'A defect of the operator keeps it from being handled; see its log. Its addresses are left as they are.'
  const ready: ConditionDraft = { type: 'Ready', status: 'Unknown', reason: 'InternalError', message }
  const old = status.conditions ?? []
  const [merged] = mergeConditions(old, [ready], { generation, now })
  const conditions = [...(merged === undefined ? [] : [merged]), ...old.filter(({ type }) => type !== 'Ready')]
  return {
    status: { ...status, conditions },
    step: undefined,
    closed: [],
    events: [],
    reads: [],
    lookAgainAt: undefined,
  }
}
