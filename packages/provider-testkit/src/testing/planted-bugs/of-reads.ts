import { isProviderError } from '@failover-ip/provider'
import type { CallOptions, Observation, Routing } from '@failover-ip/provider'
import type { PlantedBug } from './planted-bug.ts'

const unheard: CallOptions = { signal: new AbortController().signal }

/** Answers otherwise than the cloud. */
function observing(
  routing: Routing,
  change: (seen: readonly Observation[]) => readonly Observation[],
): Partial<Routing> {
  return { observe: async (units, call) => change(await routing.observe(units, call)) }
}

/** Mistakes in observing and matching, and in plans for nodes. */
export const bugsOfReads: readonly PlantedBug[] = [
  {
    bug: 'says by its token whose account it is',
    variant: 'jobs',
    foundBy: 'manifest > says the same of whose account it is in every process, and no secret, if it says it',
    plant: (_routing, { token }) => ({ accountID: () => token }),
  },
  {
    bug: 'takes what could not be read for absent',
    variant: 'still',
    foundBy: 'observe > says unknown, never absent, and rejects for none when reads are serverError',
    plant: (routing) =>
      observing(routing, (seen) =>
        seen.map((one) => (one.kind === 'unknown' ? { kind: 'absent', unit: one.unit } : one)),
      ),
  },
  {
    bug: 'takes what is on no first page for absent',
    variant: 'still',
    foundBy: 'observe > finds all of many',
    plant: (routing) =>
      observing(routing, (seen) => seen.map((one, index) => (index < 100 ? one : { kind: 'absent', unit: one.unit }))),
  },
  {
    bug: 'takes a list without its end for whole',
    variant: 'still',
    foundBy: 'observe > says unknown, never absent, and rejects for none when reads are truncated',
    plant: (routing) =>
      observing(routing, (seen) =>
        seen.map((one) =>
          one.kind === 'unknown' && one.error.status === undefined ? { kind: 'absent', unit: one.unit } : one,
        ),
      ),
  },
  {
    bug: 'rejects for all when a part cannot be read',
    variant: 'still',
    foundBy: 'observe > says unknown, never absent, and rejects for none when reads are serverError',
    plant: (routing) =>
      observing(routing, (seen) => {
        for (const one of seen) if (one.kind === 'unknown') throw one.error
        return seen
      }),
  },
  {
    bug: 'answers in an order of its own',
    variant: 'still',
    foundBy: 'observe > says of each unit, in the order asked, who holds it and where, or that it is absent',
    plant: (routing) => observing(routing, (seen) => seen.toSorted((a, b) => a.unit.localeCompare(b.unit))),
  },
  {
    bug: 'names units in another form than it was asked',
    variant: 'jobs',
    foundBy: 'observe > says of each unit, in the order asked, who holds it and where, or that it is absent',
    plant: (routing) => observing(routing, (seen) => seen.map((one) => ({ ...one, unit: one.unit.toUpperCase() }))),
  },
  {
    bug: 'says nothing of a lock',
    variant: 'still',
    foundBy: 'observe > says that a unit is locked, and a change is refused as long as it is',
    plant: (routing) =>
      observing(routing, (seen) => seen.map((one) => (one.kind === 'found' ? { ...one, locked: false } : one))),
  },
  {
    bug: 'answers from a cache',
    variant: 'still',
    foundBy: 'observe > sees what a human did in the meantime',
    plant: (routing) => {
      const cache = new Map<string, readonly Observation[]>()
      return {
        observe: async (units, call) => {
          const seen = cache.get(units.join()) ?? (await routing.observe(units, call))
          cache.set(units.join(), seen)
          return seen
        },
      }
    },
  },
  {
    bug: 'repairs while it observes',
    variant: 'strict',
    foundBy: 'observe > changes nothing, and neither does any other read',
    plant: (routing) => ({
      observe: async (units, call) => {
        const seen = await routing.observe(units, call)
        for (const one of seen) {
          if (one.kind === 'found' && one.server !== null) await routing.release(one.unit, one.server, call)
        }
        return seen
      },
    }),
  },
  {
    bug: 'reads again when a read has failed',
    variant: 'still',
    foundBy: 'observe > says unknown, never absent, and rejects for none when reads are serverError',
    plant: (routing) => ({
      observe: async (units, call) => {
        const seen = await routing.observe(units, call)
        return seen.some(({ kind }) => kind === 'unknown') ? routing.observe(units, call) : seen
      },
    }),
  },
  {
    bug: 'ignores the signal of a read',
    variant: 'still',
    foundBy: 'a signal > ends observe at once when answers are trickling, with its own reason',
    plant: (routing) => ({ observe: (units) => routing.observe(units, unheard) }),
  },
  {
    bug: 'matches by name alone',
    variant: 'still',
    foundBy:
      'resolve > believes the providerID and no name: neither one of another cloud nor one that the cloud does not know',
    plant: (routing) => ({
      resolve: (nodes, call) =>
        routing.resolve(
          nodes.map((node) => ({ ...node, providerID: node.name.replace('node-', 'acme://s') })),
          call,
        ),
    }),
  },
  {
    bug: 'matches in an order of its own',
    variant: 'still',
    foundBy: 'resolve > matches nodes to servers, in the order asked, in every location',
    plant: (routing) => ({
      resolve: async (nodes, call) =>
        (await routing.resolve(nodes, call)).toSorted((a, b) => a.node.localeCompare(b.node)),
    }),
  },
  {
    bug: 'calls a node unmatched because the cloud could not be asked',
    variant: 'still',
    foundBy: 'resolve > never calls a node unmatched because reads are serverError',
    plant: (routing) => ({
      resolve: async (nodes, call) =>
        (await routing.resolve(nodes, call)).map((match) =>
          match.kind === 'unknown' ? { ...match, kind: 'unmatched' } : match,
        ),
    }),
  },
  {
    bug: 'names the units of a server in no canonical form',
    variant: 'jobs',
    foundBy: 'resolve > names the units that a server carries, or says that it does not know',
    plant: (routing) => ({
      resolve: async (nodes, call) =>
        (await routing.resolve(nodes, call)).map((match) =>
          match.kind === 'matched'
            ? { ...match, units: match.units?.map((unit) => unit.replace('::/', ':0::/')) ?? [] }
            : match,
        ),
    }),
  },
  {
    bug: 'takes a server that could not be read for gone',
    variant: 'still',
    foundBy: 'serverStates > is absent, or proves what is alive and what is dead, and guesses nothing',
    plant: (routing) => ({
      serverStates: async (servers, call) =>
        ((await routing.serverStates?.(servers, call)) ?? []).map((state) => (state === 'unknown' ? 'gone' : state)),
    }),
  },
  {
    bug: 'has another plan for the node each time',
    variant: 'strict',
    foundBy: 'nodePlan, ipv4 > is the same every time, plain data, and fits the manifest',
    plant: (routing) => {
      let asked = 0
      return {
        nodePlan: (unit, address, server) => {
          asked += 1
          return { ...routing.nodePlan(unit, address, server), device: { rule: 'name', name: `eth${asked}` } }
        },
      }
    },
  },
  {
    bug: 'plans no announcement although the manifest demands it',
    variant: 'strict',
    foundBy: 'nodePlan, ipv6 > is the same every time, plain data, and fits the manifest',
    plant: (routing) => ({
      nodePlan: (unit, address, server) => ({ ...routing.nodePlan(unit, address, server), announce: 'none' }),
    }),
  },
  {
    bug: 'plans without the address that the cloud delivers to',
    variant: 'strict',
    foundBy: 'nodePlan, ipv4 > translates from the address that the cloud delivers to, where it names one',
    plant: (routing) => ({ nodePlan: (unit, address, server) => routing.nodePlan(unit, address, server) }),
  },
  {
    bug: 'asks the cloud when it plans for a node',
    variant: 'jobs',
    foundBy: 'nodePlan, ipv4 > is made by a process that has asked the cloud nothing',
    plant: (routing) => ({
      nodePlan: (unit, address, server) => {
        void routing.observe([unit], unheard).catch(isProviderError)
        return routing.nodePlan(unit, address, server)
      },
    }),
  },
]
