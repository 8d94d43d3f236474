import { ProviderError } from '@failover-ip/provider'
import type { JsonValue, MutationResult } from '@failover-ip/provider'
import { z } from 'zod'
import type { Action } from './answers.ts'

/** An action that DigitalOcean accepted. */
export type Operation = {
  readonly kind: 'digitalocean.action.v1'
  readonly action: number
  readonly unit: string
  /** Where the address was to go; `null` when it was to be free. */
  readonly droplet: string | null
}

const operationSchema: z.ZodType<Operation> = z.object({
  kind: z.literal('digitalocean.action.v1'),
  action: z.int().positive(),
  unit: z.string().min(1),
  droplet: z.string().min(1).nullable(),
})

export function parseOperation(value: JsonValue): Operation {
  const parsed = operationSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const message = 'The recorded operation is not one of this provider: it cannot be followed. Read the address instead.'
  throw new ProviderError('Invalid', message, { outcome: 'unknown' })
}

/** An action that went wrong says nothing against its Droplet: at another one it may go wrong as well. */
export function progressOf(operation: Operation, { status }: Action): MutationResult {
  switch (status) {
    case 'completed':
      return { status: 'done' }
    case 'in-progress':
      return { status: 'pending', operation }
    case 'errored': {
      const { action, unit } = operation
      const message = `DigitalOcean says that action ${action}, ${aimOf(operation)}, went wrong. Look at ${unit} in its console.`
      throw new ProviderError('Transient', message, { outcome: 'unknown' })
    }
  }
}

function aimOf({ unit, droplet }: Operation): string {
  return droplet === null ? `which was to unassign ${unit}` : `which was to assign ${unit} to Droplet ${droplet}`
}
