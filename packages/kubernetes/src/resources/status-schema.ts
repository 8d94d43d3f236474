import type { AddressStatus, Condition, FailoverIPStatus, MoveRecord, OperationRecord } from '@failover-ip/core'
import type { JsonValue, ServerReference } from '@failover-ip/provider'
import { z } from 'zod'
import type { FailoverIPClassStatus, RecentOperation } from './failover-ip-class.ts'
import { nodePlan } from './node-plan-schema.ts'
import { conditions, counter, time } from './status-fields.ts'

const nodeName = z.string().max(253)

const server: z.ZodType<ServerReference> = z.object({ id: z.string().max(256), location: z.string().max(256) })

const json = z.json()

const operation: z.ZodType<OperationRecord> = z
  .object({
    id: z.string().max(64),
    kind: z.enum(['assign', 'release']),
    epoch: counter,
    reason: z.string().max(64),
    from: z.exactOptional(server),
    to: z.exactOptional(server),
    fromNode: z.exactOptional(nodeName),
    toNode: z.exactOptional(nodeName),
    startedAt: time,
    callTimeoutSeconds: counter,
    providerOperation: z.exactOptional(
      z
        .custom<JsonValue>((value) => json.safeParse(value).success)
        .meta({
          description: 'What the provider gave to ask again about it.',
          'x-kubernetes-preserve-unknown-fields': true,
        }),
    ),
  })
  .meta({ description: 'What is being done at the provider, written before it is done.' })

const address: z.ZodType<AddressStatus> = z.object({
  address: z.string().max(45),
  unit: z.string().max(49).meta({ description: 'The prefix that the provider routes as a whole.' }),
  epoch: counter.meta({ description: 'Grows with every operation on the address.', format: 'int64' }),
  node: z.exactOptional(nodeName.meta({ description: 'The node that holds it.' })),
  server: z.exactOptional(server.meta({ description: 'The server that holds it, as the provider names it.' })),
  operation: z.exactOptional(operation),
  sentAt: z.exactOptional(
    time.meta({ description: 'When the last change was sent to the provider.', format: 'date-time' }),
  ),
  changedAt: z.exactOptional(time.meta({ description: 'When the last change was seen done.', format: 'date-time' })),
  nodePlan,
})

const move: z.ZodType<MoveRecord> = z.object({
  reason: z.string().max(64),
  from: z.exactOptional(nodeName),
  to: nodeName,
  startedAt: time,
  detectedAt: z.exactOptional(time),
  decidedAt: z.exactOptional(time),
  acceptedAt: z.exactOptional(time),
  confirmedAt: z.exactOptional(time),
  configuredAt: z.exactOptional(time),
})

/** Of any status, whatever else it holds. */
export const statusConditionsSchema: z.ZodType<{ readonly conditions?: readonly Condition[] }> = z.object({
  conditions,
})

const observedGeneration = z.exactOptional(
  counter.meta({ description: 'The generation of the spec that this status answers.', format: 'int64' }),
)

/** `status` of a FailoverIP. */
export const failoverIPStatusSchema: z.ZodType<FailoverIPStatus> = z
  .object({
    observedGeneration,
    addresses: z.exactOptional(
      z
        .array(address)
        .max(16)
        .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['address'] }),
    ),
    addressSummary: z.exactOptional(z.string().max(1024).meta({ description: 'The addresses, in one line.' })),
    className: z.exactOptional(
      z.string().max(253).meta({
        description:
          'The class that serves the addresses, or served them last. One that names none keeps it while there is no default class, or several.',
      }),
    ),
    node: z.exactOptional(nodeName.meta({ description: 'The node that holds all of the addresses.' })),
    plannedNode: z.exactOptional(nodeName.meta({ description: 'While paused: the node that they would go to.' })),
    standbys: z.exactOptional(
      z.array(nodeName).max(16).meta({ description: 'Who is next, best first.', 'x-kubernetes-list-type': 'atomic' }),
    ),
    lastMove: z.exactOptional(move.meta({ description: 'The last move and the time of each of its phases.' })),
    moves: z.exactOptional(counter.meta({ description: 'How often the addresses have moved.', format: 'int64' })),
    nextMoveNotBefore: z.exactOptional(
      time.meta({
        description: 'A move to a better place waits for this; leaving a dead node does not.',
        format: 'date-time',
      }),
    ),
    rejectedNodes: z.exactOptional(
      z
        .record(z.string(), counter)
        .meta({ description: 'How many nodes were not eligible, by code.', maxProperties: 32 }),
    ),
    publishedTo: z.exactOptional(
      z
        .object({
          service: z.string().max(63),
          addresses: z.array(z.string().max(45)).max(16).meta({ 'x-kubernetes-list-type': 'atomic' }),
        })
        .meta({ description: 'The Service that shows the addresses, and which it was given.' }),
    ),
    conditions,
  })
  .meta({ description: 'What is. Written by the operator alone.' })

const recentOperation: z.ZodType<RecentOperation> = z.object({ unit: z.string().max(49), at: time })

/** `status` of a FailoverIPClass. */
export const failoverIPClassStatusSchema: z.ZodType<FailoverIPClassStatus> = z
  .object({
    observedGeneration,
    recentOperations: z.exactOptional(
      z.array(recentOperation).max(128).meta({
        description: "Recent changes at the provider, oldest first; the account's limits are counted from them.",
        'x-kubernetes-list-type': 'atomic',
      }),
    ),
    conditions,
  })
  .meta({ description: 'What is. Written by the operator alone.' })
