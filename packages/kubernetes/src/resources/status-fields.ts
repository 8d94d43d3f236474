import type { Condition } from '@failover-ip/core'
import { z } from 'zod'

/** RFC 3339. */
export const time: z.ZodType<string> = z.iso.datetime({ offset: true }).meta({ format: 'date-time' })

export const counter: z.ZodType<number> = z.int().min(0).meta({ format: 'int64' })

const condition: z.ZodType<Condition> = z.object({
  type: z.string().max(316),
  status: z.enum(['True', 'False', 'Unknown']),
  observedGeneration: z.exactOptional(counter),
  lastTransitionTime: time,
  reason: z.string().min(1).max(1024),
  message: z.string().max(32_768),
})

/** Of any status. */
export const conditions: z.ZodExactOptional<z.ZodType<readonly Condition[]>> = z.exactOptional(
  z
    .array(condition)
    .max(16)
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['type'] }),
)
