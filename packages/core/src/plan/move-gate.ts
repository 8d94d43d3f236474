import { isAhead, parseInstant } from '../domain/instant.ts'
import type { MoveCause } from '../reconcile/failover-event.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import type { DecisionContext, ReadWish } from './decision.ts'
import type { Hold } from './hold.ts'
import { isOptional } from './move-cause.ts'
import type { ServerTurn } from './server-turns.ts'
import type { SettledUnit } from './settle-unit.ts'

export type Gate =
  | { readonly open: true }
  | { readonly open: false; readonly hold: Hold; readonly reads?: readonly ReadWish[] }

/** Whether the units may be changed now: every rule that can make a change wait, the first that does. */
export function moveGate(review: FailoverIPReview, turn: ServerTurn, cause: MoveCause, context: DecisionContext): Gate {
  const { units } = turn
  const { policy, status } = review.failoverIP
  if (policy.paused) return closed('Paused', 'It is paused; nothing is changed.')
  if (context.dryRun) return closed('DryRun', 'The operator runs with --dry-run; nothing is changed.')
  if (context.draining) return closed('Pending', 'The operator is stopping; its successor goes on.')
  const { brake } = context.health
  if (brake !== undefined && (cause === 'NodeDead' || cause === 'NodeUnfit' || cause === 'NodeGone')) {
    return closed('Held', brake.message)
  }
  if (context.hold !== undefined) return { open: false, hold: context.hold }
  const next = parseInstant(status.nextMoveNotBefore)
  const isPaced = next !== undefined && context.now < next && !isAhead(next - defaults.moveInterval, context.now)
  if (isOptional(cause) && isPaced) {
    return closed('Moving', 'It moved a moment ago; this move is no escape and waits.', next, context)
  }
  const coolDown = coolDownEnd(review, units)
  if (context.now < coolDown) {
    return closed('CoolingDown', `${review.account.provider} allows the next change only later.`, coolDown, context)
  }
  const { hold } = context.accountRoom
  if (hold !== undefined) return { open: false, hold }
  if (turn.hold !== undefined) return { open: false, hold: turn.hold }
  // Last: what has to wait anyway needs no read until then.
  const reads = staleReads(review, units, context)
  if (reads.length > 0) return { ...closed('Moving', 'The provider is being read.'), reads }
  return { open: true }
}

/** A change relies on a young read, begun after the last sign of life of the node that is left. */
function staleReads(
  { home }: FailoverIPReview,
  units: readonly SettledUnit[],
  { health, monotonic }: DecisionContext,
): readonly ReadWish[] {
  const verdict = home === undefined ? undefined : health.verdicts.get(home)
  const isEscape = verdict?.verdict === 'dead'
  const lastAliveAt = isEscape ? (verdict.lastAliveAt ?? 0) : 0
  const notBefore = Math.max(lastAliveAt, monotonic - defaults.freshRead)
  return units.flatMap(({ review: { unit, reading }, open }) =>
    open || (reading !== undefined && reading.requestedAt >= notBefore)
      ? []
      : [{ unit, notBefore, ...(isEscape ? { urgent: true } : {}) }],
  )
}

/**
 * Unix milliseconds at which the provider allows the next change of these units. Their records are gone with a
 * FailoverIP that was deleted; what was noted with the account before this one was created stands for them.
 */
export function coolDownEnd({ account, failoverIP }: FailoverIPReview, units: readonly SettledUnit[]): number {
  const { capabilities, recentOperations } = account
  const { coolDownSeconds } = capabilities
  if (coolDownSeconds === 0) return 0
  const pause = coolDownSeconds * 1000 + defaults.sendMargin
  const before = recentOperations.filter(({ at }) => (parseInstant(at) ?? 0) < failoverIP.createdAt)
  const changes = units.map(({ review: { unit }, record: { operation, sentAt, changedAt } }) => {
    const noted = before.findLast((change) => change.unit === unit)?.at
    return parseInstant(operation?.startedAt ?? sentAt ?? changedAt ?? noted)
  })
  return Math.max(0, ...changes.map((at) => (at === undefined ? 0 : at + pause)))
}

function closed(
  reason: Hold['reason'],
  message: string,
  until?: number,
  times?: Pick<DecisionContext, 'now' | 'monotonic'>,
): { readonly open: false; readonly hold: Hold } {
  const at = until === undefined || times === undefined ? undefined : times.monotonic + (until - times.now)
  return { open: false, hold: { reason, message, until: at } }
}
