import type { AddressStatus, OperationRecord } from '../domain/failover-ip.ts'
import { formatInstant } from '../domain/instant.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { DecisionContext, UnitChange } from './decision.ts'
import type { SettledUnit } from './settle-unit.ts'
import type { Target } from './target.ts'

/** A change with the record that carries its intent. */
export interface Intent extends UnitChange {
  readonly record: AddressStatus
}

/** The intent to give a unit to a server. */
export function intendAssign(unit: SettledUnit, target: Target, reason: string, context: DecisionContext): Intent {
  const from = holderOf(unit)
  const change = { kind: 'assign', reason, to: target.server, toNode: target.node } as const
  return intent(unit, { ...change, ...(from === undefined ? {} : { from }) }, target.server, context)
}

/** The intent to take a unit from the server that has it; none where nobody has it. */
export function intendRelease(
  unit: SettledUnit,
  reason: string,
  context: DecisionContext,
  /** Where it goes afterwards. */
  toNode?: string,
): readonly Intent[] {
  const server = holderOf(unit)
  if (server === undefined) return []
  const change = { kind: 'release', reason, from: server } as const
  return [intent(unit, { ...change, ...(toNode === undefined ? {} : { toNode }) }, server, context)]
}

/** Who has it: as recorded, or as read where it is taken from somebody. */
export function holderOf({ record, review, takeFrom }: SettledUnit): UnitChange['server'] | undefined {
  const read = review.reading?.observation
  return takeFrom !== undefined && read?.kind === 'found' ? (read.server ?? undefined) : record.server
}

type Change = Pick<OperationRecord, 'kind' | 'reason' | 'from' | 'to' | 'toNode'>

function intent(
  { record, review }: SettledUnit,
  change: Change,
  server: UnitChange['server'],
  context: DecisionContext,
): Intent {
  const epoch = record.epoch + 1
  const operation: OperationRecord = {
    id: context.newOperationID(),
    epoch,
    ...change,
    ...(record.node === undefined ? {} : { fromNode: record.node }),
    startedAt: formatInstant(context.now),
    callTimeoutSeconds: defaults.changeDeadline / 1000,
  }
  return { unit: review.unit, operation, server, record: { ...record, epoch, operation } }
}
