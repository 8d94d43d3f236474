import type { ServerReference } from '@failover-ip/provider'
import type { AddressStatus } from '../domain/failover-ip.ts'
import { parseInstant } from '../domain/instant.ts'
import { isSameServer, type ServerIndex } from './server-index.ts'
import type { UnitReading } from './unit-reading.ts'

/** Where a unit without an open operation is, as far as it may be acted on. */
export type Holding =
  /** Not read yet, or the nodes' servers are not known yet. */
  | { readonly kind: 'unread' }
  /** The last read failed; refused: for its credentials. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly refused: boolean }
  /** The account does not have it. */
  | { readonly kind: 'absent' }
  /** The cloud is at work on it, or has locked it. */
  | { readonly kind: 'busy' | 'locked' }
  /** The read may still show the state before our last change, or surprised us and is to be read again. */
  | { readonly kind: 'unsettled' }
  /** It is where the record says; `null`: nowhere. */
  | { readonly kind: 'recorded'; readonly server: ServerReference | null }
  /** Nothing is recorded, and a node of the cluster has it. */
  | { readonly kind: 'adoptable'; readonly server: ServerReference; readonly node: string }
  /** Somebody has moved it to another node of the cluster, or taken it off (`null`). */
  | { readonly kind: 'drifted'; readonly server: ServerReference | null; readonly node: string | undefined }
  /** A server outside the cluster has it, that was never recorded. */
  | { readonly kind: 'foreign'; readonly server: ServerReference }

export interface HoldingContext {
  readonly servers: ServerIndex
  readonly eventualReadSeconds: number
  /** Unix and local monotonic milliseconds of one moment. */
  readonly now: number
  readonly monotonic: number
}

/** Compares what is recorded with what was read. */
export function holdingOf(record: AddressStatus, reading: UnitReading | undefined, context: HoldingContext): Holding {
  if (reading === undefined) return { kind: 'unread' }
  const { observation } = reading
  if (observation.kind === 'unknown') {
    const { message, code } = observation.error
    return { kind: 'unavailable', message, refused: code === 'Denied' }
  }
  if (observation.kind === 'absent') return { kind: 'absent' }
  if (observation.locked) return { kind: 'locked' }
  if (observation.inFlight) return { kind: 'busy' }
  const { server } = observation
  if (isSameServer(server, record.server)) return { kind: 'recorded', server }
  if (isUnsettled(record, reading, context)) return { kind: 'unsettled' }
  return record.server === undefined ? firstSeen(server, context) : moved(server, reading, context)
}

function firstSeen(server: ServerReference | null, { servers }: HoldingContext): Holding {
  if (server === null) return { kind: 'recorded', server }
  const node = servers.nodeOf(server)
  if (node !== undefined) return { kind: 'adoptable', server, node }
  return servers.known ? { kind: 'foreign', server } : { kind: 'unread' }
}

function moved(server: ServerReference | null, reading: UnitReading, { servers }: HoldingContext): Holding {
  // One read may be stale; drift needs two that agree.
  if (reading.equalReads < 2) return { kind: 'unsettled' }
  if (server === null) return { kind: 'drifted', server, node: undefined }
  const node = servers.nodeOf(server)
  if (node !== undefined) return { kind: 'drifted', server, node }
  return servers.known ? { kind: 'foreign', server } : { kind: 'unread' }
}

function isUnsettled(record: AddressStatus, reading: UnitReading, context: HoldingContext): boolean {
  const changedAt = parseInstant(record.changedAt)
  if (changedAt === undefined) return false
  const requestedAt = context.now - (context.monotonic - reading.requestedAt)
  return requestedAt < changedAt + context.eventualReadSeconds * 1000
}
