import type { Condition } from './failover-ip.ts'
import type { Reason } from './reasons.ts'

export type ConditionType = 'Ready' | 'Placed' | 'Assigned' | 'Configured' | 'Published'

export interface ConditionDraft {
  readonly type: ConditionType
  readonly status: Condition['status']
  readonly reason: Reason
  readonly message: string
}

/** As the API server's schema allows. */
const maximumMessageLength = 32_768

/** The conditions as they are to be stored: `lastTransitionTime` changes with the status alone, not with its reason. */
export function mergeConditions(
  stored: readonly Condition[],
  drafts: readonly ConditionDraft[],
  context: { readonly generation: number; readonly now: number },
): readonly Condition[] {
  return drafts.map((draft) => {
    const old = stored.find(({ type }) => type === draft.type)
    const same = old !== undefined && old.status === draft.status
    return {
      ...draft,
      message: draft.message.slice(0, maximumMessageLength),
      observedGeneration: context.generation,
      lastTransitionTime: same ? old.lastTransitionTime : conditionTime(context.now),
    }
  })
}

/** `metav1.Time`: whole seconds. */
function conditionTime(now: number): string {
  return new Date(now).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
