import type { FailoverNodeStatus, NodeAddressStatus } from '@failover-ip/core'
import { z } from 'zod'
import { conditions, counter, time } from './status-fields.ts'

const address: z.ZodType<NodeAddressStatus> = z.object({
  address: z.string().max(45),
  epoch: counter.meta({ description: "That of the FailoverIP's status which was acted on.", format: 'int64' }),
  role: z
    .enum(['holder', 'candidate'])
    .meta({ description: 'candidate: it is carried without being sent its packets.' }),
  carried: z.boolean().meta({ description: 'Whether the node is ready for its packets.' }),
  reason: z.exactOptional(z.string().max(64).meta({ description: 'Why it is not carried, in one word.' })),
  message: z.exactOptional(z.string().max(512).meta({ description: 'Why it is not carried.' })),
})

const networkInterface = z.object({ name: z.string().max(15), mac: z.exactOptional(z.string().max(64)) })

/** `status` of a FailoverNode. It has no spec. */
export const failoverNodeStatusSchema: z.ZodType<FailoverNodeStatus> = z
  .object({
    bootID: z.exactOptional(
      z
        .string()
        .max(64)
        .meta({ description: 'The boot that this is of: what an earlier one carried, this one does not.' }),
    ),
    observedAt: z.exactOptional(
      time.meta({ description: 'When this was last written; no heartbeat.', format: 'date-time' }),
    ),
    interfaces: z.exactOptional(
      z
        .array(networkInterface)
        .max(64)
        .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
    ),
    addresses: z.exactOptional(
      z
        .array(address)
        .max(2048)
        .meta({
          description: 'The addresses that the node is asked to carry.',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['address'],
        }),
    ),
    conditions,
  })
  .meta({ description: 'What is on the node. Written by its agent alone.' })
