import type { JsonValue } from '@failover-ip/provider'
import type { OperationRecord } from '../domain/failover-ip.ts'
import { defaults } from '../reconcile/defaults.ts'
import { isSameServer } from '../snapshot/server-index.ts'
import type { UnitReading } from '../snapshot/unit-reading.ts'
import type { CallState } from './call-state.ts'
import type { DecisionContext, ReadWish } from './decision.ts'

/** How an open operation stands. It is closed by what a read shows, or by a refusal that is surely without effect. */
export type Resolution =
  | { readonly kind: 'applied' }
  | { readonly kind: 'notApplied' }
  | {
      readonly kind: 'open'
      /** Whether another intent may take its place: its call has ended, and the unit was read since. */
      readonly replaceable: boolean
      readonly read?: ReadWish
      readonly poll?: JsonValue
      readonly lookAgainAt?: number
    }

/**
 * Resolves an operation. The call of a process that is gone is waited out by the timeout it recorded, counted here from
 * the first sight of it; then the provider is read. Until `eventualReadSeconds` have passed a read of anything but the
 * target proves nothing.
 */
export function resolveOperation(
  operation: OperationRecord,
  unit: string,
  reading: UnitReading | undefined,
  context: Pick<DecisionContext, 'monotonic' | 'calls' | 'firstSeen'> & { readonly eventualReadSeconds: number },
): Resolution {
  const { monotonic, calls, firstSeen, eventualReadSeconds } = context
  const call = calls.get(operation.id)
  if (call?.state === 'calling') return { kind: 'open', replaceable: false }
  if (call?.state === 'unsent' || call?.state === 'refused') return { kind: 'notApplied' }
  const endedAt = call?.settledAt ?? (firstSeen.get(operation.id) ?? monotonic) + operation.callTimeoutSeconds * 1000
  if (monotonic < endedAt) return { kind: 'open', replaceable: false, lookAgainAt: endedAt }

  const fresh = reading !== undefined && reading.requestedAt >= endedAt ? reading : undefined
  if (fresh !== undefined && shows(operation, fresh)) return { kind: 'applied' }
  const providerOperation = pendingOperation(operation, call)
  if (providerOperation !== undefined && monotonic < endedAt + defaults.pendingLimit) {
    return polling(providerOperation, call, monotonic)
  }
  if (fresh === undefined) return { kind: 'open', replaceable: false, read: { unit, notBefore: endedAt } }
  const { observation } = fresh
  if (observation.kind === 'absent') return { kind: 'notApplied' }
  const settled = fresh.requestedAt >= endedAt + eventualReadSeconds * 1000
  if (observation.kind === 'found' && !observation.inFlight && settled) return { kind: 'notApplied' }
  const replaceable = observation.kind === 'found' && !observation.inFlight
  const again = fresh.requestedAt + paceOf(fresh.requestedAt - endedAt)
  return { kind: 'open', replaceable, ...readAgain(unit, again, monotonic) }
}

/** Soon after the change looks are close together, later less and less. */
function paceOf(elapsed: number): number {
  if (elapsed < 2 * defaults.settleInterval) return defaults.confirmInterval
  return Math.min(Math.max(defaults.settleInterval, elapsed / 8), defaults.driftInterval)
}

/** A read at a moment: wished for once it has come, looked out for until then. */
export function readAgain(
  unit: string,
  at: number,
  monotonic: number,
): { readonly read: ReadWish } | { readonly lookAgainAt: number } {
  return monotonic >= at ? { read: { unit, notBefore: at } } : { lookAgainAt: at }
}

function shows({ kind, from, to }: OperationRecord, { observation }: UnitReading): boolean {
  if (observation.kind !== 'found' || observation.inFlight) return false
  return kind === 'assign' ? isSameServer(observation.server, to) : !isSameServer(observation.server, from)
}

function pendingOperation(operation: OperationRecord, call: CallState | undefined): JsonValue | undefined {
  if (call !== undefined) return call.state === 'pending' ? call.providerOperation : undefined
  return operation.providerOperation
}

function polling(providerOperation: JsonValue, call: CallState | undefined, monotonic: number): Resolution {
  const at = call === undefined ? monotonic : nextPoll(call)
  if (monotonic < at) return { kind: 'open', replaceable: false, lookAgainAt: at }
  return { kind: 'open', replaceable: false, poll: providerOperation }
}

function nextPoll({ settledAt, polledAt = settledAt, pollNotBefore = 0 }: CallState): number {
  return Math.max(polledAt + paceOf(polledAt - settledAt), pollNotBefore)
}
