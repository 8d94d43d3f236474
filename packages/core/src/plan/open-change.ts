import type { ServerReference } from '@failover-ip/provider'
import type { AddressStatus } from '../domain/failover-ip.ts'
import { parseInstant } from '../domain/instant.ts'

/** A change that is under way at a server. */
export interface OpenChange {
  /** The FailoverIP. */
  readonly key: string
  readonly unit: string
  /** That gets the unit, or gives it up. */
  readonly server: ServerReference
  /** Unix milliseconds. */
  readonly startedAt: number
}

export function openChanges(key: string, records: readonly AddressStatus[]): readonly OpenChange[] {
  return records.flatMap(({ unit, operation }) => {
    const server = operation?.kind === 'release' ? operation.from : operation?.to
    const startedAt = parseInstant(operation?.startedAt)
    return server === undefined || startedAt === undefined ? [] : [{ key, unit, server, startedAt }]
  })
}
