import { ProviderError } from '@failover-ip/provider'
import type { JsonValue, MutationResult } from '@failover-ip/provider'
import { z } from 'zod'
import type { Task } from './answers.ts'

/** A change that netcup works on, followed by its task. */
export type Operation = {
  readonly kind: 'netcup.task.v1'
  readonly task: string
  readonly unit: string
  /** Number of the server that it goes to. */
  readonly server: string
}

const operationSchema: z.ZodType<Operation> = z.object({
  kind: z.literal('netcup.task.v1'),
  task: z.string().min(1).max(200),
  unit: z.string().min(1).max(60),
  server: z.string().min(1).max(40),
})

export function parseOperation(value: JsonValue): Operation {
  const parsed = operationSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const message = 'The recorded operation is not one of this provider: it cannot be followed. Read the address instead.'
  throw new ProviderError('Invalid', message, { outcome: 'unknown' })
}

/**
 * How far a task is. One that failed may have had an effect all the same, so that only a read tells, and says nothing against
 * its server. A state that is not
 * known here counts as under way: the engine gives up waiting and reads.
 */
export function progressOf(operation: Operation, { state, problem }: Task): MutationResult {
  switch (state) {
    case 'FINISHED':
      return { status: 'done' }
    case 'ERROR':
    case 'CANCELED':
    case 'ROLLBACK': {
      const why = problem === '' ? '' : `: ${problem}`
      const message = `netcup's task to route ${operation.unit} to server ${operation.server} ended as ${state}${why}.`
      throw new ProviderError('Transient', message, { outcome: 'unknown' })
    }
    default:
      return { status: 'pending', operation }
  }
}
