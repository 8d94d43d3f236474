import type { AddressStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { addressStatuses } from '../snapshot/unit-review.ts'
import type { Decision, DecisionContext, Step } from './decision.ts'
import { problemEvents } from './decision-events.ts'
import { earliest } from './earliest.ts'
import type { Hold } from './hold.ts'
import { holderOf, intendRelease, type Intent } from './intend.ts'
import { coolDownEnd } from './move-gate.ts'
import { serverTurn } from './server-turns.ts'
import type { SettledUnit } from './settle-unit.ts'
import { draftStatus } from './status-draft.ts'

/** A FailoverIP that is being deleted: what is open is settled, then its addresses are retained or released. */
export function decideDeletion(
  review: FailoverIPReview,
  units: readonly SettledUnit[],
  context: DecisionContext,
): Decision {
  const { failoverIP, account } = review
  const end = (outcome: keyof typeof endings): Decision => ending(failoverIP, outcome, context)
  if (!failoverIP.protected || context.dryRun) return idle(failoverIP)
  if (failoverIP.abandoned) return end('Abandoned')
  const isRetained = failoverIP.policy.deletionPolicy === 'Retain'
  if (units.every(({ open }) => !open)) {
    if (isRetained) return end('Retained')
    if (!account.capabilities.release) return end('ReleaseUnsupported')
    if (units.every(isReleased)) return end('Released')
  }
  const turn = serverTurn(units.filter(isReleasable), holderOf, review, units, context)
  const gate = isRetained ? undefined : (releaseHold(review, units, context) ?? turn.hold)
  const releases = isRetained || gate !== undefined ? [] : releasesOf(turn.units, context)
  const records = units.map(({ review: { unit, addresses }, record }) => ({
    addresses,
    record: releases.find((release) => release.unit === unit)?.record ?? record,
  }))
  const hold = units.find((unit) => unit.hold !== undefined)?.hold ?? gate
  return {
    status: deletionStatus(failoverIP, addressStatuses(failoverIP, records), hold, context),
    step: releases.length === 0 ? pollStep(units) : changeStep(releases),
    closed: units.flatMap(({ closed }) => closed ?? []),
    events: [],
    reads: units.flatMap(({ read }) => read ?? []),
    lookAgainAt: earliest([...units.map(({ lookAgainAt }) => lookAgainAt), gate?.until]),
  }
}

/** One without an account: nothing can be asked of a provider, so that only what needs none can be done. */
export function decideProblem(
  failoverIP: FailoverIPInput,
  problem: Pick<Hold, 'reason' | 'message'>,
  context: Pick<DecisionContext, 'now' | 'health' | 'dryRun'>,
): Decision {
  if (failoverIP.deleting && failoverIP.protected && !context.dryRun) {
    if (failoverIP.abandoned) return ending(failoverIP, 'Abandoned', context)
    const nothingHeld = (failoverIP.status.addresses ?? []).every(({ server, operation }) => !server && !operation)
    if (nothingHeld || failoverIP.policy.deletionPolicy === 'Retain') return ending(failoverIP, 'Retained', context)
  }
  if (failoverIP.deleting && !failoverIP.protected) return idle(failoverIP)
  const status = draftStatus(failoverIP, {
    addresses: recordsBeside(problem, failoverIP, context),
    conditions: [
      { type: 'Ready', status: 'False', reason: problem.reason, message: problem.message },
      { type: 'Placed', status: 'Unknown', reason: problem.reason, message: problem.message },
    ],
    assignment: undefined,
    plannedNode: undefined,
    explanation: undefined,
    move: {},
    health: context.health,
    now: context.now,
  })
  const events = problemEvents(failoverIP, status, context.now)
  return { status, step: undefined, closed: [], events, reads: [], lookAgainAt: undefined }
}

/**
 * What is recorded of one that has a problem. Whose address is another one's must not have it carried any more: packets that
 * reach its node would end there. With any other problem its node goes on as it is.
 */
function recordsBeside(
  { reason }: Pick<Hold, 'reason'>,
  { status: { addresses = [] }, policy }: FailoverIPInput,
  { dryRun }: Pick<DecisionContext, 'dryRun'>,
): readonly AddressStatus[] {
  const isLoser = reason === 'AddressInUse' || reason === 'SharesRoutedUnit'
  if (!isLoser || dryRun || policy.paused) return addresses
  return addresses.map(({ nodePlan: _taken, ...record }) => record)
}

function isReleased({ record, review: { holding }, closed }: SettledUnit): boolean {
  if (closed?.applied === true) return record.server === undefined
  switch (holding.kind) {
    case 'absent':
    case 'foreign':
    case 'adoptable':
    case 'drifted':
      // Gone, or in the hands of somebody else: not ours to take.
      return true
    case 'recorded':
      return holding.server === null
    case 'unread':
    case 'unavailable':
    case 'busy':
    case 'locked':
    case 'unsettled':
      return false
  }
}

/** What makes releases wait. */
function releaseHold(
  review: FailoverIPReview,
  units: readonly SettledUnit[],
  { hold, accountRoom, draining, now, monotonic }: DecisionContext,
): Hold | undefined {
  if (draining)
    return { reason: 'Deleting', message: 'The operator is stopping; its successor goes on.', until: undefined }
  const coolDown = coolDownEnd(review, units)
  const message = `${review.account.provider} allows the next change only later.`
  const cooling = { reason: 'CoolingDown' as const, message, until: monotonic + (coolDown - now) }
  return hold ?? (now < coolDown ? cooling : accountRoom.hold)
}

function isReleasable(unit: SettledUnit): boolean {
  const { free, open, review } = unit
  return free && !open && review.holding.kind === 'recorded' && holderOf(unit) !== undefined
}

function releasesOf(units: readonly SettledUnit[], context: DecisionContext): readonly Intent[] {
  return units.flatMap((unit) => intendRelease(unit, 'Deleted', context)).slice(0, context.accountRoom.changes)
}

function changeStep(releases: readonly Intent[]): Step {
  return { kind: 'change', changes: releases.map(({ unit, operation, server }) => ({ unit, operation, server })) }
}

function pollStep(units: readonly SettledUnit[]): Step | undefined {
  const poll = units.find((unit) => unit.poll !== undefined)?.poll
  return poll === undefined ? undefined : { kind: 'poll', ...poll }
}

function deletionStatus(
  failoverIP: FailoverIPInput,
  addresses: readonly AddressStatus[],
  hold: Hold | undefined,
  { health, now }: Pick<DecisionContext, 'now' | 'health'>,
): Decision['status'] {
  const reason = hold?.reason ?? 'Deleting'
  const message = hold?.message ?? 'Its addresses are being released.'
  return draftStatus(failoverIP, {
    addresses,
    conditions: [{ type: 'Ready', status: 'False', reason, message }],
    assignment: undefined,
    plannedNode: undefined,
    explanation: undefined,
    move: {},
    health,
    now,
  })
}

function idle({ status }: FailoverIPInput): Decision {
  return { status, step: undefined, closed: [], events: [], reads: [], lookAgainAt: undefined }
}

/** Its addresses still stand in a Service. */
function awaitWithdrawal(failoverIP: FailoverIPInput, context: Pick<DecisionContext, 'now' | 'health'>): Decision {
  const message = 'Its addresses are being taken off the Service that shows them.'
  const hold: Hold = { reason: 'Deleting', message, until: undefined }
  return { ...idle(failoverIP), status: deletionStatus(failoverIP, failoverIP.status.addresses ?? [], hold, context) }
}

const endings = {
  Released: 'its addresses are released',
  Retained: 'its addresses stay where they are',
  ReleaseUnsupported: 'the provider cannot take addresses from a server; they stay where they are',
  Abandoned: 'it was given up; its addresses may still be assigned',
} as const

function ending(
  failoverIP: FailoverIPInput,
  outcome: keyof typeof endings,
  context: Pick<DecisionContext, 'now' | 'health'>,
): Decision {
  const { status, key, publication } = failoverIP
  const { now } = context
  if (publication?.keepsObject === true) return awaitWithdrawal(failoverIP, context)
  const type = outcome === 'Released' || outcome === 'Retained' ? 'Normal' : 'Warning'
  return {
    status,
    step: { kind: 'unprotect', outcome },
    closed: [],
    events: [{ at: now, key, type, reason: outcome, summary: endings[outcome] }],
    reads: [],
    lookAgainAt: undefined,
  }
}
