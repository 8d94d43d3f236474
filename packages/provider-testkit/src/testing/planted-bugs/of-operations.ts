import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { JsonValue, MutationResult, Routing } from '@failover-ip/provider'
import type { PlantedBug } from './planted-bug.ts'

const done: MutationResult = { status: 'done' }

/** Stores other operations than the cloud gave. */
function storing(
  routing: Routing,
  wrap: (operation: JsonValue) => JsonValue,
  unwrap: (operation: JsonValue) => JsonValue = (operation) => operation,
): Partial<Routing> {
  const wrapped = (result: MutationResult): MutationResult =>
    result.status === 'done' ? result : { status: 'pending', operation: wrap(result.operation) }
  return {
    assign: async (unit, server, call) => wrapped(await routing.assign(unit, server, call)),
    poll: async (operation, call) => {
      const result = await routing.poll(unwrap(operation), call)
      return result.status === 'done' ? result : { status: 'pending', operation }
    },
  }
}

/** Calls an operation done that fails with this code. */
function forgiving(routing: Routing, code: string): Partial<Routing> {
  return {
    poll: async (operation, call) => {
      try {
        return await routing.poll(operation, call)
      } catch (error) {
        if (isProviderError(error) && error.code === code) return done
        throw error
      }
    },
  }
}

/** Mistakes with changes that take their time. */
export const bugsOfOperations: readonly PlantedBug[] = [
  {
    bug: 'says done as soon as the cloud has accepted',
    variant: 'jobs',
    foundBy: 'operations > do not count as done before they are',
    plant: (routing) => ({
      assign: async (unit, server, call) => {
        await routing.assign(unit, server, call)
        return done
      },
    }),
  },
  {
    bug: 'says done at the first poll',
    variant: 'jobs',
    foundBy:
      'operations > are followed to their end by another process, from what was stored, and polled without changing anything',
    plant: () => ({ poll: () => Promise.resolve(done) }),
  },
  {
    bug: 'calls a failed job done',
    variant: 'jobs',
    foundBy: 'operations > that failed at the cloud reject, and observe says where the unit is',
    plant: (routing) => forgiving(routing, 'Transient'),
  },
  {
    bug: 'blames the server for a job that failed',
    variant: 'jobs',
    foundBy: 'operations > that failed at the cloud reject, and observe says where the unit is',
    plant: (routing) => ({
      poll: (operation, call) =>
        routing.poll(operation, call).catch((error: unknown) => {
          if (!isProviderError(error) || error.code !== 'Transient') throw error
          throw new ProviderError('Conflict', error.message, { outcome: error.outcome })
        }),
    }),
  },
  {
    bug: 'calls a forgotten job done',
    variant: 'jobs',
    foundBy: 'operations > reject with NotFound when the cloud has forgotten them',
    plant: (routing) => forgiving(routing, 'NotFound'),
  },
  {
    bug: 'calls a stuck job done after an hour',
    variant: 'jobs',
    foundBy: 'operations > that are stuck at the cloud are never done',
    plant: (routing, { clock }) => ({
      poll: async (operation, call) => (clock.monotonic() > 3_600_000 ? done : routing.poll(operation, call)),
    }),
  },
  {
    bug: 'stores more than fits',
    variant: 'jobs',
    foundBy: 'operations > are small, plain JSON, and hold no credential',
    plant: (routing) =>
      storing(
        routing,
        (operation) => ({ operation, answer: 'x'.repeat(2_000) }),
        (stored) =>
          typeof stored === 'object' && stored !== null && 'operation' in stored ? (stored['operation'] ?? null) : null,
      ),
  },
  {
    bug: 'stores what is no JSON',
    variant: 'jobs',
    foundBy: 'operations > are small, plain JSON, and hold no credential',
    plant: (routing) => storing(routing, (operation) => Object.assign({ sentAt: new Date(0) }, operation)),
  },
  {
    bug: 'stores the token',
    variant: 'jobs',
    foundBy: 'operations > are small, plain JSON, and hold no credential',
    plant: (routing, { token }) =>
      storing(routing, (operation) => ({ ...(operation as Readonly<Record<string, JsonValue>>), token })),
  },
  {
    bug: 'keeps the job in its memory and stores a number',
    variant: 'jobs',
    foundBy:
      'operations > are followed to their end by another process, from what was stored, and polled without changing anything',
    plant: (routing) => {
      const jobs: JsonValue[] = []
      return storing(
        routing,
        (operation) => jobs.push(operation) - 1,
        (stored) => jobs[Number(stored)] ?? null,
      )
    },
  },
  {
    bug: 'follows an operation that is not its own',
    variant: 'jobs',
    foundBy: 'operations > that are an empty object are refused, since what is stored may be from anybody',
    plant: (routing) => ({
      poll: async (operation, call) =>
        typeof operation === 'object' && operation !== null && 'job' in operation
          ? routing.poll(operation, call)
          : { status: 'pending', operation },
    }),
  },
  {
    bug: 'says nothing of a unit that is being changed',
    variant: 'jobs',
    foundBy: 'operations > do not count as done before they are',
    plant: (routing) => ({
      observe: async (units, call) =>
        (await routing.observe(units, call)).map((seen) =>
          seen.kind === 'found' && seen.inFlight
            ? { ...seen, inFlight: false, server: { id: 's1', location: seen.location } }
            : seen,
        ),
    }),
  },
]
