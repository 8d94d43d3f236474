import { ProviderError } from '@failover-ip/provider'
import type { JsonValue, MutationResult } from '@failover-ip/provider'
import { z } from 'zod'
import type { Ip } from './answers.ts'
import { capabilities } from './capabilities.ts'

/** A change that was accepted: the API has no jobs, so that it is followed by reading the address. */
export type Operation = {
  readonly kind: 'scaleway.updateIp.v1'
  readonly zone: string
  /** Identifier, or the address itself for IPv4. */
  readonly ip: string
  readonly unit: string
  /** Where the unit was to go; `null` when it was to be free. */
  readonly server: string | null
  /** Wall time in milliseconds. */
  readonly sentAt: number
}

const operationSchema: z.ZodType<Operation> = z.object({
  kind: z.literal('scaleway.updateIp.v1'),
  zone: z.string().min(1),
  ip: z.string().min(1),
  unit: z.string().min(1),
  server: z.string().min(1).nullable(),
  sentAt: z.number(),
})

export function parseOperation(value: JsonValue): Operation {
  const parsed = operationSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const message = 'The recorded operation is not one of this provider: it cannot be followed. Read the address instead.'
  throw new ProviderError('Invalid', message, { outcome: 'unknown' })
}

/**
 * How far an operation is, by what the cloud shows of the address. For as long as reads may lag, the state before the
 * change does not count against it.
 */
export function progressOf(operation: Operation, { server, state }: Ip, now: number): MutationResult {
  const { zone, unit } = operation
  const reached = server === operation.server && state === (server === null ? 'detached' : 'attached')
  if (reached) return { status: 'done' }
  if (state === 'error') {
    const message = `Scaleway says that ${unit} in ${zone} is in state "error". Look at it in Scaleway's console.`
    throw new ProviderError('Transient', message, { outcome: 'unknown' })
  }
  const isSettled = (state === 'attached' || state === 'detached') && server !== operation.server
  const mayLag = Math.abs(now - operation.sentAt) <= capabilities.eventualReadSeconds * 1000
  if (!isSettled || mayLag) return { status: 'pending', operation }
  const place = server === null ? 'no Instance' : `Instance ${server}`
  const aim = operation.server === null ? 'be free' : `go to Instance ${operation.server}`
  const message = `${unit} in ${zone} is with ${place} at Scaleway, although it was to ${aim}.`
  throw new ProviderError('Transient', message, { outcome: 'unknown' })
}
