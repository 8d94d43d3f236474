import type { AddressStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { formatInstant } from '../domain/instant.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { addressStatuses } from '../snapshot/unit-review.ts'
import type { Decision, DecisionContext, Hold, Step, UnitChange } from './decision.ts'
import type { SettledUnit } from './settle-unit.ts'
import { draftStatus } from './status-draft.ts'

/** A FailoverIP that is being deleted: what is open is settled, then its addresses are retained or released. */
export function decideDeletion(
  review: FailoverIPReview,
  units: readonly SettledUnit[],
  context: DecisionContext,
): Decision {
  const { failoverIP, account } = review
  const end = (outcome: Extract<Step, { kind: 'unprotect' }>['outcome']): Decision => ending(failoverIP, outcome, context)
  if (!failoverIP.protected || context.dryRun) return idle(failoverIP)
  if (failoverIP.abandoned) return end('Abandoned')
  const isRetained = failoverIP.policy.deletionPolicy === 'Retain'
  if (units.every(({ open }) => !open)) {
    if (isRetained) return end('Retained')
    if (!account.capabilities.release) return end('ReleaseUnsupported')
    if (units.every(isReleased)) return end('Released')
  }
  const releases = isRetained ? [] : releasable(units, context)
  const records = units.map(({ review: { unit, addresses }, record }) => ({
    addresses,
    record: releases.find((release) => release.unit === unit)?.record ?? record,
  }))
  const hold = units.find((unit) => unit.hold !== undefined)?.hold ?? context.hold
  return {
    status: deletionStatus(failoverIP, addressStatuses(failoverIP, records), hold, context),
    step: releases.length === 0 ? pollStep(units) : { kind: 'change', changes: releases },
    events: [],
    reads: units.flatMap(({ read }) => read ?? []),
    lookAgainAt: Math.min(...units.map(({ lookAgainAt }) => lookAgainAt ?? Number.POSITIVE_INFINITY)),
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
  const addresses = failoverIP.status.addresses ?? []
  const status = draftStatus(failoverIP, {
    addresses,
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
  return { status, step: undefined, events: [], reads: [], lookAgainAt: undefined }
}

function isReleased({ record, review: { holding }, happened }: SettledUnit): boolean {
  if (happened === 'applied') return record.server === undefined
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

interface Release extends UnitChange {
  readonly record: AddressStatus
}

function releasable(units: readonly SettledUnit[], context: DecisionContext): readonly Release[] {
  if (context.hold !== undefined || context.draining || context.accountRoom !== undefined) return []
  return units.flatMap((unit) => {
    const { record, review, free, open } = unit
    const { server } = record
    if (!free || open || server === undefined || review.holding.kind !== 'recorded') return []
    const epoch = record.epoch + 1
    const operation = {
      id: context.newOperationID(),
      kind: 'release' as const,
      epoch,
      reason: 'Deleted',
      from: server,
      ...(record.node === undefined ? {} : { fromNode: record.node }),
      startedAt: formatInstant(context.now),
      callTimeoutSeconds: defaults.changeDeadline / 1000,
    }
    return [{ unit: review.unit, operation, server, record: { ...record, epoch, operation } }]
  })
}

function pollStep(units: readonly SettledUnit[]): Step | undefined {
  const poll = units.find((unit) => unit.poll !== undefined)?.poll
  return poll === undefined ? undefined : { kind: 'poll', ...poll }
}

function deletionStatus(
  failoverIP: FailoverIPInput,
  addresses: readonly AddressStatus[],
  hold: Hold | undefined,
  { health, now }: DecisionContext,
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
  return { status, step: undefined, events: [], reads: [], lookAgainAt: undefined }
}

const endings = {
  Released: 'its addresses are released',
  Retained: 'its addresses stay where they are',
  ReleaseUnsupported: 'the provider cannot take addresses from a server; they stay where they are',
  Abandoned: 'it was given up; its addresses may still be assigned',
} as const

function ending(
  { status, key }: FailoverIPInput,
  outcome: keyof typeof endings,
  { now }: Pick<DecisionContext, 'now'>,
): Decision {
  const type = outcome === 'Released' || outcome === 'Retained' ? 'Normal' : 'Warning'
  return {
    status,
    step: { kind: 'unprotect', outcome },
    events: [{ at: now, key, type, reason: outcome, summary: endings[outcome] }],
    reads: [],
    lookAgainAt: undefined,
  }
}
