import type { KubernetesObject } from '@failover-ip/kubernetes'
import { z } from 'zod'

/** The decoded values of a Secret that are text. */
export type SecretRecord = Readonly<Record<string, string>>

const dataSchema = z.record(z.string(), z.string()).catch({})

/** Never throws, and puts no value into a message. */
export function secretRecordOf(object: KubernetesObject): SecretRecord {
  const data = dataSchema.parse(object['data'] ?? {})
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  )
}
