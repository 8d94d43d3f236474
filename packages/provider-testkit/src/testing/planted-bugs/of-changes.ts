import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { CallOptions, MutationResult, Routing, ServerReference } from '@failover-ip/provider'
import type { PlantedBug } from './planted-bug.ts'

const done: MutationResult = { status: 'done' }
const unheard: CallOptions = { signal: new AbortController().signal }

/** Does the same whatever the error, when it is one of these. */
function catching(
  routing: Routing,
  codes: readonly string[],
  handle: (error: ProviderError, again: () => Promise<MutationResult>) => MutationResult | Promise<MutationResult>,
): Partial<Routing> {
  return {
    assign: async (unit, server, call) => {
      try {
        return await routing.assign(unit, server, call)
      } catch (error) {
        if (!isProviderError(error) || !codes.includes(error.code)) throw error
        return handle(error, () => routing.assign(unit, server, call))
      }
    },
  }
}

async function holderOf(routing: Routing, unit: string, call: CallOptions): Promise<ServerReference | null> {
  const [seen] = await routing.observe([unit], call)
  return seen?.kind === 'found' ? seen.server : null
}

/** Mistakes in assigning and releasing. */
export const bugsOfChanges: readonly PlantedBug[] = [
  {
    bug: 'takes a server that is being changed for one that is full',
    variant: 'jobs',
    foundBy: 'changes at one server > of two units follow each other, and the second is told that it is too early',
    plant: (routing) =>
      catching(routing, ['Busy'], ({ message, outcome }) => {
        throw new ProviderError('Conflict', message, { outcome })
      }),
  },
  {
    bug: 'swallows 429',
    variant: 'still',
    foundBy: 'faults > a change that is rateLimited tells what may have happened, and a read resolves it',
    plant: (routing) => catching(routing, ['RateLimited'], () => done),
  },
  {
    bug: 'forgets Retry-After',
    variant: 'still',
    foundBy: 'faults > a change that is rateLimited tells what may have happened, and a read resolves it',
    plant: (routing) =>
      catching(routing, ['RateLimited'], ({ code, message, outcome }) => {
        throw new ProviderError(code, message, { outcome })
      }),
  },
  {
    bug: 'waits out Retry-After by itself and tries again',
    variant: 'still',
    foundBy: 'faults > a change that is rateLimited is not tried again by the provider itself',
    plant: (routing, { clock }) =>
      catching(routing, ['RateLimited'], async ({ retryAfterSeconds = 0 }, again) => {
        await clock.sleep(retryAfterSeconds * 1000)
        return again()
      }),
  },
  {
    bug: 'tries a server error again by itself',
    variant: 'still',
    foundBy: 'faults > a change that is serverError is not tried again by the provider itself',
    plant: (routing) => catching(routing, ['Transient'], (_, again) => again()),
  },
  {
    bug: 'takes a lost answer for success',
    variant: 'still',
    foundBy: 'faults > a change that is droppedBefore tells what may have happened, and a read resolves it',
    plant: (routing) => catching(routing, ['Transient'], () => done),
  },
  {
    bug: 'takes a lost answer for failure',
    variant: 'still',
    foundBy: 'faults > a change that is droppedAfter tells what may have happened, and a read resolves it',
    plant: (routing) =>
      catching(routing, ['Transient'], ({ code, message }) => {
        throw new ProviderError(code, message, { outcome: 'not-applied' })
      }),
  },
  {
    bug: 'repeats the token in an error',
    variant: 'still',
    foundBy: 'faults > a change that is echoing tells what may have happened, and a read resolves it',
    plant: (routing, { token }) =>
      catching(routing, ['Invalid'], ({ code, outcome }) => {
        throw new ProviderError(code, 'Acme refused it.', { outcome, cause: new Error(`authorization: ${token}`) })
      }),
  },
  {
    bug: 'calls refused credentials a passing failure',
    variant: 'still',
    foundBy: 'faults > refused credentials are Denied, and nothing changes',
    plant: (routing) =>
      catching(routing, ['Denied'], ({ message, outcome }) => {
        throw new ProviderError('Transient', message, { outcome })
      }),
  },
  {
    bug: 'rejects with an error of its own making',
    variant: 'still',
    foundBy: 'assign, ipv4 > refuses a unit and a server that do not exist, changing nothing',
    plant: (routing) =>
      catching(routing, ['NotFound'], ({ message }) => {
        throw new Error(message)
      }),
  },
  {
    bug: 'calls a refused place done',
    variant: 'jobs',
    foundBy: 'limits > keeps a unit in its region, changing nothing',
    plant: (routing) => catching(routing, ['Invalid'], () => done),
  },
  {
    bug: 'calls a full server busy, to be tried for ever',
    variant: 'strict',
    foundBy: 'limits > refuses one more than a server can carry, and leaves it where it is',
    plant: (routing) =>
      catching(routing, ['Invalid'], ({ message, outcome }) => {
        throw new ProviderError('Busy', message, { outcome })
      }),
  },
  {
    bug: 'refuses a unit that is there already',
    variant: 'still',
    foundBy: 'assign, ipv4 > changes nothing the second time',
    plant: (routing) => ({
      assign: async (unit, server, call) => {
        if ((await holderOf(routing, unit, call))?.id !== server.id) return routing.assign(unit, server, call)
        throw new ProviderError('Conflict', 'The unit is there already.', { outcome: 'not-applied' })
      },
    }),
  },
  {
    bug: 'releases before every assign, also what is there already',
    variant: 'strict',
    foundBy: 'assign, ipv4 > changes nothing when the unit is there already, whoever put it there',
    plant: (routing) => ({
      assign: async (unit, server, call) => {
        await routing.release(unit, server, call)
        return routing.assign(unit, server, call)
      },
    }),
  },
  {
    bug: 'takes the unit from whoever holds it',
    variant: 'strict',
    foundBy: 'assign, ipv6 > does not move what is held elsewhere before it is released',
    plant: (routing) => ({
      assign: async (unit, server, call) => {
        const holder = await holderOf(routing, unit, call)
        if (holder !== null && holder.id !== server.id) await routing.release(unit, holder, call)
        return routing.assign(unit, server, call)
      },
    }),
  },
  {
    bug: 'mixes up units that are moved at once',
    variant: 'still',
    foundBy: 'assign, ipv4 > keeps units apart that are moved at once',
    plant: (routing) => {
      let current = ''
      return {
        assign: async (unit, server, call) => {
          current = unit
          await routing.resolve([], call)
          return routing.assign(current, server, call)
        },
      }
    },
  },
  {
    bug: 'releases what a stranger holds',
    variant: 'strict',
    foundBy: 'release > leaves a unit that is elsewhere where it is',
    plant: (routing) => ({
      release: async (unit, server, call) =>
        routing.release(unit, (await holderOf(routing, unit, call)) ?? server, call),
    }),
  },
  {
    bug: 'fails to release what is gone',
    variant: 'strict',
    foundBy: 'release > is done when the unit is gone',
    plant: (routing) => ({
      release: async (unit, server, call) => {
        const [seen] = await routing.observe([unit], call)
        if (seen?.kind !== 'absent') return routing.release(unit, server, call)
        throw new ProviderError('NotFound', 'There is no such unit.', { outcome: 'not-applied' })
      },
    }),
  },
  {
    bug: 'calls a release done that the cloud cannot do',
    variant: 'still',
    foundBy: 'release > is refused as unsupported, changing nothing',
    plant: () => ({ release: () => Promise.resolve(done) }),
  },
  {
    bug: 'ignores the signal of a change',
    variant: 'still',
    foundBy: 'a signal > ends assign at once when answers are hanging, with its own reason',
    plant: (routing) => ({ assign: (unit, server) => routing.assign(unit, server, unheard) }),
  },
  {
    bug: 'puts an error of its own in place of the reason of the signal',
    variant: 'still',
    foundBy: 'a signal > ends assign at once when answers are hanging, with its own reason',
    plant: (routing) => ({
      assign: (unit, server, call) =>
        routing.assign(unit, server, call).catch((error: unknown) => {
          throw call.signal.aborted ? new ProviderError('Transient', 'Aborted.', { outcome: 'unknown' }) : error
        }),
    }),
  },
  {
    bug: 'changes something although it is aborted already',
    variant: 'still',
    foundBy: 'a signal > that is aborted already lets assign do nothing',
    plant: (routing) => ({
      assign: async (unit, server, { signal }) => {
        const result = await routing.assign(unit, server, unheard)
        signal.throwIfAborted()
        return result
      },
    }),
  },
]
