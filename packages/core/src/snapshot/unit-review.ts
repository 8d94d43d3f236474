import type { AddressStatus, OperationRecord } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { formatInstant, isAhead, parseInstant } from '../domain/instant.ts'
import { unitOf } from '../domain/unit.ts'
import type { Capabilities } from '@failover-ip/provider'
import { holdingOf, type Holding, type HoldingContext } from './holding.ts'
import type { UnitReading } from './unit-reading.ts'

/** One unit of a FailoverIP: what is recorded and what was read. */
export interface UnitReview {
  readonly unit: string
  /** The FailoverIP's addresses in it. */
  readonly addresses: readonly string[]
  readonly record: AddressStatus
  readonly operation: OperationRecord | undefined
  readonly reading: UnitReading | undefined
  readonly holding: Holding
}

export interface ReviewContext extends HoldingContext {
  readonly capabilities: Capabilities
  readonly readings: ReadonlyMap<string, UnitReading>
}

/** The units of a FailoverIP in the order of its addresses. Addresses that the provider cannot route are left out. */
export function reviewUnits(failoverIP: FailoverIPInput, context: ReviewContext): readonly UnitReview[] {
  const byUnit = new Map<string, string[]>()
  for (const address of failoverIP.addresses) {
    const unit = unitOf(address, context.capabilities.unitPrefixLength)
    if (unit !== undefined) byUnit.set(unit, [...(byUnit.get(unit) ?? []), address])
  }
  return [...byUnit].map(([unit, addresses]) => {
    const record = datedBy(context.now, recordOf(failoverIP, unit, addresses))
    const reading = context.readings.get(unit)
    const holding = holdingOf(record, reading, context)
    return { unit, addresses, record, operation: record.operation, reading, holding }
  })
}

function recordOf(failoverIP: FailoverIPInput, unit: string, addresses: readonly string[]): AddressStatus {
  const stored = failoverIP.status.addresses?.find((status) => status.unit === unit)
  const [address = unit] = addresses
  if (stored !== undefined) return withoutNodePlan(stored)
  return { address, unit, epoch: Math.floor(failoverIP.createdAt / 1000) }
}

/**
 * A time ahead of the clock counts as now, and is stored so: what is counted from it (a cool-down, a window, reads that
 * may lag) lasts as long as it should, instead of until the clock has caught up.
 */
function datedBy(now: number, record: AddressStatus): AddressStatus {
  const { operation, sentAt, changedAt } = record
  const dated = (text: string): string => (isAhead(parseInstant(text) ?? 0, now) ? formatInstant(now) : text)
  return {
    ...record,
    ...(sentAt === undefined ? {} : { sentAt: dated(sentAt) }),
    ...(changedAt === undefined ? {} : { changedAt: dated(changedAt) }),
    ...(operation === undefined ? {} : { operation: { ...operation, startedAt: dated(operation.startedAt) } }),
  }
}

/** The records of the units as the status stores them: one for each address, with the plan that is stored for it. */
export function addressStatuses(
  failoverIP: FailoverIPInput,
  records: readonly { readonly addresses: readonly string[]; readonly record: AddressStatus }[],
): readonly AddressStatus[] {
  const byAddress = new Map(records.flatMap(({ addresses, record }) => addresses.map((address) => [address, record])))
  const stored = new Map((failoverIP.status.addresses ?? []).map(({ address, nodePlan }) => [address, nodePlan]))
  return failoverIP.addresses.flatMap((address) => {
    const record = byAddress.get(address)
    const nodePlan = stored.get(address)
    return record === undefined ? [] : [{ ...record, address, ...(nodePlan === undefined ? {} : { nodePlan }) }]
  })
}

/** A plan is an address's, and a record its unit's. */
function withoutNodePlan(record: AddressStatus): AddressStatus {
  const { nodePlan: _published, ...rest } = record
  return rest
}
