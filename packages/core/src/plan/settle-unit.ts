import type { AddressStatus } from '../domain/failover-ip.ts'
import { formatInstant } from '../domain/instant.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import type { Holding } from '../snapshot/holding.ts'
import { isSameServer } from '../snapshot/server-index.ts'
import type { UnitReading } from '../snapshot/unit-reading.ts'
import type { UnitReview } from '../snapshot/unit-review.ts'
import type { ClosedOperation, DecisionContext, ReadWish, Step } from './decision.ts'
import type { Hold } from './hold.ts'
import { readAgain, resolveOperation } from './resolve-operation.ts'

/** A unit after what was read has been taken into its record. */
export interface SettledUnit {
  readonly review: UnitReview
  readonly record: AddressStatus
  /** A change may be sent for it now. */
  readonly free: boolean
  /** A change is under way. */
  readonly open: boolean
  /** What stands in the way, for conditions. */
  readonly hold?: Hold
  /** The foreign server, when the policy is to take over, or the drift, when it is to revert. */
  readonly takeFrom?: 'foreign' | 'drift'
  readonly happened?: 'adopted' | 'drifted'
  readonly closed?: ClosedOperation
  readonly read?: ReadWish
  readonly poll?: Omit<Extract<Step, { kind: 'poll' }>, 'kind'>
  readonly lookAgainAt?: number
}

/** Takes what was read of one unit into its record, and says whether it may be changed. Pure. */
export function settleUnit(review: UnitReview, of: FailoverIPReview, context: DecisionContext): SettledUnit {
  if (review.operation !== undefined) return settleOperation(review, of, context)
  const { record, holding, reading, unit } = review
  const { policy } = of.failoverIP
  const base = { review, record, free: false, open: false }
  switch (holding.kind) {
    case 'unread':
      // A unit that was read waits for its nodes' servers, which are asked for without being wished for.
      if (reading === undefined) return { ...base, read: { unit, notBefore: 0 }, hold: pending }
      return { ...base, hold: serversUnknown(of) ?? pending }
    case 'unavailable':
      return {
        ...base,
        hold: unavailable(holding),
        ...readAgain(unit, (reading?.requestedAt ?? 0) + defaults.settleInterval * 5, context.monotonic),
      }
    case 'absent':
      return {
        ...base,
        hold: {
          reason: 'UnitNotFound',
          message: `${unit} is not among the addresses of the ${of.account.provider} account; check the account and project.`,
          until: undefined,
        },
      }
    case 'busy':
    case 'unsettled':
      return {
        ...base,
        hold: {
          reason: 'Unsettled',
          message: `${unit} is between two states at ${of.account.provider}.`,
          until: undefined,
        },
        ...readAgain(unit, (reading?.requestedAt ?? 0) + surprisePace(reading), context.monotonic),
      }
    case 'locked':
      return {
        ...base,
        hold: {
          reason: 'UnitLocked',
          message: `${of.account.provider} has locked ${unit}: look there for the reason.`,
          until: undefined,
        },
      }
    case 'recorded': {
      // A machine may have got another name.
      const node = holding.server === null ? undefined : of.servers.nodeOf(holding.server)
      return { ...base, free: true, record: node === undefined ? record : { ...record, node } }
    }
    case 'adoptable':
      return {
        ...base,
        free: true,
        happened: 'adopted',
        record: { ...record, server: holding.server, node: holding.node },
      }
    case 'drifted': {
      if (policy.onDrift === 'Revert') return { ...base, free: true, takeFrom: 'drift' }
      if (holding.server === null || holding.node === undefined) {
        return { ...base, free: true, happened: 'drifted', record: withoutHolder(record) }
      }
      const adopted = { ...record, server: holding.server, node: holding.node, epoch: record.epoch + 1 }
      return { ...base, free: true, happened: 'drifted', record: adopted }
    }
    case 'foreign':
      if (policy.foreignHolder === 'TakeOver') return { ...base, free: true, takeFrom: 'foreign' }
      return {
        ...base,
        hold: {
          reason: 'ForeignHolder',
          message: `${unit} is held by server ${holding.server.id}, which is none of the nodes: take it from there, or set foreignHolder to TakeOver.`,
          until: undefined,
        },
      }
  }
}

/** A surprise that lasts is looked at less and less. */
function surprisePace(reading: UnitReading | undefined): number {
  return Math.min(defaults.settleInterval * (reading?.equalReads ?? 1), defaults.driftInterval)
}

/** Why it is not known which node is which server, once that is a problem and not only a beginning. */
export function serversUnknown({ servers, units }: FailoverIPReview): Hold | undefined {
  if (servers.known || servers.failure === undefined) return undefined
  // Who is refused is refused for everything: it is said once, and in the same words.
  const refused = units.map(({ holding }) => holding).find((each) => each.kind === 'unavailable' && each.refused)
  if (refused?.kind === 'unavailable') return unavailable(refused)
  return { reason: 'ProviderUnavailable', message: servers.failure, until: undefined }
}

function unavailable({ message, refused }: Extract<Holding, { kind: 'unavailable' }>): Hold {
  return { reason: refused ? 'CredentialsRefused' : 'ProviderUnavailable', message, until: undefined }
}

const pending: Hold = { reason: 'Pending', message: 'The provider has not been read yet.', until: undefined }

function settleOperation(review: UnitReview, of: FailoverIPReview, context: DecisionContext): SettledUnit {
  const { record, operation, reading, unit } = review
  if (operation === undefined) return { review, record, free: true, open: false }
  const { eventualReadSeconds } = of.account.capabilities
  const resolution = resolveOperation(operation, unit, reading, { ...context, eventualReadSeconds })
  switch (resolution.kind) {
    case 'applied': {
      const { to, toNode } = operation
      const changedAt = formatInstant(context.now)
      const closed = { ...withoutOperation(withoutHolder(record)), sentAt: operation.startedAt, changedAt }
      const holder = to === undefined ? {} : { server: to, ...(toNode === undefined ? {} : { node: toNode }) }
      const ended = { unit, operation, applied: true }
      const settled = { ...closed, ...holder }
      return { review, record: settled, free: showsOnly(reading, [settled.server]), open: false, closed: ended }
    }
    case 'notApplied': {
      // A fallback that released first may have left it nowhere.
      const nowhere = reading?.observation.kind === 'found' && reading.observation.server === null
      const call = context.calls.get(operation.id)?.state
      const isCounted = call !== 'refused' && call !== 'unsent'
      const closed = {
        ...withoutOperation(nowhere ? withoutHolder(record) : record),
        ...(isCounted ? { sentAt: operation.startedAt } : {}),
      }
      const ended = { unit, operation, applied: false }
      // A change that was taken and did not happen is told first, so that a row of such failures is slowed down.
      const isBroken = call === 'done' || call === 'pending'
      const free = !isBroken && showsOnly(reading, [closed.server])
      return { review, record: closed, free, open: false, closed: ended }
    }
    case 'open': {
      const call = context.calls.get(operation.id)
      const providerOperation = call?.state === 'pending' ? call.providerOperation : operation.providerOperation
      const kept = providerOperation === undefined ? operation : { ...operation, providerOperation }
      return {
        review,
        record: { ...record, operation: kept },
        free: resolution.replaceable && showsOnly(reading, [operation.from, record.server, undefined]),
        open: true,
        ...(resolution.read === undefined ? {} : { read: resolution.read }),
        ...(resolution.poll === undefined ? {} : { poll: { unit, operation, providerOperation: resolution.poll } }),
        ...(resolution.lookAgainAt === undefined ? {} : { lookAgainAt: resolution.lookAgainAt }),
      }
    }
  }
}

/**
 * The unit is with one of these (`undefined`: nobody), and may be changed. Anybody else may have been given it since: the
 * next look, at a record without an operation, tells whether it may be taken from there.
 */
function showsOnly(reading: UnitReading | undefined, holders: readonly AddressStatus['server'][]): boolean {
  const read = reading?.observation
  return read?.kind === 'found' && !read.locked && holders.some((holder) => isSameServer(read.server, holder))
}

export function withoutOperation(record: AddressStatus): AddressStatus {
  const { operation: _closed, ...rest } = record
  return rest
}

function withoutHolder(record: AddressStatus): AddressStatus {
  const { server: _server, node: _node, ...rest } = record
  return rest
}

/** The node that all units are recorded on. */
export function commonNode(records: readonly AddressStatus[]): string | undefined {
  const [first, ...rest] = records.map(({ node }) => node)
  return rest.every((node) => node === first) ? first : undefined
}
