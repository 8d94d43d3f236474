import type { AddressStatus, Condition, FailoverIPStatus, MoveRecord, OperationRecord } from '@failover-ip/core'
import type { JsonValue, ServerReference } from '@failover-ip/provider'
import { z } from 'zod'

/** What the file holds. Fields that are not known are left out when it is read. */
export interface StateFile {
  readonly version: 1
  readonly failoverIPs: Readonly<Record<string, FailoverIPStatus>>
}

const text = z.string().max(1024)
const time = z.iso.datetime({ offset: true })
const count = z.int().min(0)

const server: z.ZodType<ServerReference> = z.object({ id: text, location: text })

const operation: z.ZodType<OperationRecord> = z.object({
  id: text,
  kind: z.enum(['assign', 'release']),
  epoch: count,
  reason: text,
  from: z.exactOptional(server),
  to: z.exactOptional(server),
  fromNode: z.exactOptional(text),
  toNode: z.exactOptional(text),
  startedAt: time,
  callTimeoutSeconds: z.number().min(0),
  providerOperation: z.exactOptional<z.ZodType<JsonValue>>(z.json()),
})

const address: z.ZodType<AddressStatus> = z.object({
  address: text,
  unit: text,
  epoch: count,
  node: z.exactOptional(text),
  server: z.exactOptional(server),
  operation: z.exactOptional(operation),
  sentAt: z.exactOptional(time),
  changedAt: z.exactOptional(time),
})

const move: z.ZodType<MoveRecord> = z.object({
  reason: text,
  from: z.exactOptional(text),
  to: text,
  startedAt: time,
  detectedAt: z.exactOptional(time),
  decidedAt: z.exactOptional(time),
  acceptedAt: z.exactOptional(time),
  confirmedAt: z.exactOptional(time),
})

const condition: z.ZodType<Condition> = z.object({
  type: text,
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z.exactOptional(count),
  lastTransitionTime: time,
  reason: text,
  message: z.string(),
})

const status: z.ZodType<FailoverIPStatus> = z.object({
  observedGeneration: z.exactOptional(count),
  addresses: z.exactOptional(z.array(address)),
  addressSummary: z.exactOptional(text),
  node: z.exactOptional(text),
  plannedNode: z.exactOptional(text),
  standbys: z.exactOptional(z.array(text)),
  lastMove: z.exactOptional(move),
  moves: z.exactOptional(count),
  nextMoveNotBefore: z.exactOptional(time),
  rejectedNodes: z.exactOptional(z.record(z.string(), count)),
  conditions: z.exactOptional(z.array(condition)),
})

export const stateFileSchema: z.ZodType<StateFile> = z.object({
  version: z.literal(1),
  failoverIPs: z.record(z.string(), status),
})
