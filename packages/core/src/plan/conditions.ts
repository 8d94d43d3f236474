import type { ConditionDraft } from '../domain/condition.ts'
import type { NodeVerdict } from '../health/verdict.ts'
import type { Hold } from './hold.ts'

export interface ConditionFacts {
  /** What keeps the FailoverIP from being handled at all. */
  readonly problem: Pick<Hold, 'reason' | 'message'> | undefined
  /** The chosen node. */
  readonly target: string | undefined
  /** What led to it. */
  readonly placed: string | undefined
  /** Why there is none. */
  readonly unplaced: Pick<Hold, 'reason' | 'message'> | undefined
  /** The node that all units are recorded on, with no operation open. */
  readonly settledAt: string | undefined
  readonly verdict: NodeVerdict | undefined
  /** Its node is dead: why it is on no other. */
  readonly elsewhere: string | undefined
  /** What keeps units from being changed or read. */
  readonly hold: Pick<Hold, 'reason' | 'message'> | undefined
  /** `hold` is that the provider does not say where the units are. */
  readonly unread: boolean
  readonly moving: { readonly from: string | undefined; readonly to: string } | undefined
  readonly paused: boolean
  readonly dryRun: boolean
}

/** `Ready`, `Placed` and `Assigned`, from what is. Messages hold no times, so that a status is not rewritten idly. */
export function conditionsOf(facts: ConditionFacts): readonly ConditionDraft[] {
  return [ready(facts), placed(facts), assigned(facts)]
}

function ready(facts: ConditionFacts): ConditionDraft {
  const { problem, settledAt, verdict, hold, moving, unplaced } = facts
  const no = (reason: ConditionDraft['reason'], message: string): ConditionDraft => ({
    type: 'Ready',
    status: 'False',
    reason,
    message,
  })
  if (problem !== undefined) return no(problem.reason, problem.message)
  if (moving !== undefined) return no('Moving', `On the way from ${moving.from ?? 'nowhere'} to ${moving.to}.`)
  const foreign = hold?.reason === 'ForeignHolder' || hold?.reason === 'UnitNotFound' || hold?.reason === 'Drifted'
  if (settledAt === undefined || foreign) {
    if (hold !== undefined) return no(hold.reason, hold.message)
    return unplaced === undefined ? no('Pending', 'It is being looked at.') : no(unplaced.reason, unplaced.message)
  }
  if (verdict === undefined || verdict.verdict === 'dead') {
    if (hold !== undefined) return no(hold.reason, hold.message)
    const why = verdict?.message ?? `${settledAt} is not among the nodes`
    return no('LeastBad', facts.elsewhere === undefined ? why : `${why}. No other node may have it. ${facts.elsewhere}`)
  }
  if (unplaced?.reason === 'SpreadUndecidable') {
    // It is served, and would not be moved if its node died: that must not come as a surprise.
    return { type: 'Ready', status: 'True', reason: unplaced.reason, message: `On ${settledAt}. ${unplaced.message}` }
  }
  const mode = facts.paused ? 'Paused' : facts.dryRun ? 'DryRun' : 'Serving'
  return { type: 'Ready', status: 'True', reason: mode, message: `On ${settledAt}.` }
}

function placed({ placed: message, unplaced, problem }: ConditionFacts): ConditionDraft {
  if (message !== undefined) return { type: 'Placed', status: 'True', reason: 'Placed', message }
  const why = problem ?? unplaced ?? { reason: 'NoFitNode', message: 'No node may have it.' }
  const isKnown = !isUnanswered(why.reason) && why.reason !== 'Pending'
  return { type: 'Placed', status: isKnown ? 'False' : 'Unknown', reason: why.reason, message: why.message }
}

function assigned({ target, settledAt, hold, unread, moving, problem }: ConditionFacts): ConditionDraft {
  if (hold !== undefined && (unread || (problem === undefined && hold.reason === 'Pending'))) {
    return { type: 'Assigned', status: 'Unknown', reason: hold.reason, message: hold.message }
  }
  if (settledAt !== undefined && settledAt === target && hold === undefined) {
    return { type: 'Assigned', status: 'True', reason: 'Assigned', message: `Routed to ${settledAt}.` }
  }
  if (moving !== undefined)
    return { type: 'Assigned', status: 'False', reason: 'Moving', message: `Goes to ${moving.to}.` }
  const why = problem ?? hold ?? { reason: 'Pending' as const, message: 'Not routed to where it belongs.' }
  return { type: 'Assigned', status: 'False', reason: why.reason, message: why.message }
}

/** Who cannot be asked so says nothing about what is; who refuses a change so may. */
export function isUnanswered(reason: ConditionDraft['reason']): boolean {
  return reason === 'ProviderUnavailable' || reason === 'CredentialsRefused'
}
