import { isProviderError, ProviderError } from '@failover-ip/provider'
import type {
  CallOptions,
  Clock,
  MutationResult,
  NodeFacts,
  Observation,
  Routing,
  ServerMatch,
  ServerReference,
  ServerState,
} from '@failover-ip/provider'
import { settled, withDeadline } from '@failover-ip/provider-kit'
import { eachOf } from '../each-of.ts'
import { nodePlan } from '../node-plan.ts'
import { annotatedMac, candidatesOf, resolve } from '../resolve.ts'
import type { Server, ServerList } from '../server.ts'
import type { SoapApi } from './soap-api.ts'

/** The service answers about one server at a time. */
const callsAtOnce = 30

/** Takes the routing off, with the server that has it as destination (netcup's help page). */
const nowhere = '00:00:00:00:00:00'

const done: MutationResult = { status: 'done' }

/** MACs that annotations of nodes name, by server. */
type Macs = Map<string, string>

/** Routing by the web service. It lists what a server has, and knows neither sites nor addresses that nobody has. */
export function createSoapRouting(api: SoapApi, clock: Clock): Routing {
  const what = 'netcup'
  const macs: Macs = new Map()
  return {
    observe: (units, { signal }) => withDeadline({ clock, signal, what }, (call) => observe(api, units, call)),
    resolve: (nodes, { signal }) =>
      withDeadline({ clock, signal, what }, (call) => resolveNodes(api, macs, nodes, call)),
    serverStates: (servers, { signal }) =>
      withDeadline({ clock, signal, what }, (call) =>
        eachOf(servers, callsAtOnce, ({ id }) => serverState(api, id, call)),
      ),
    assign: (unit, server, call) => assign(api, macs, { unit, server }, call),
    poll: async (_operation, { signal }) => {
      signal.throwIfAborted()
      const message = 'netcup has no operations by SOAP: read the address instead.'
      throw new ProviderError('Invalid', message, { outcome: 'unknown' })
    },
    release: (unit, server, call) => release(api, unit, server, call),
    nodePlan: (_unit, address) => nodePlan(address),
  }
}

/**
 * Asks every server of the account what it has. A unit that none has is with nobody, if all could be asked: whether it
 * exists only a change can tell.
 */
async function observe(api: SoapApi, units: readonly string[], call: CallOptions): Promise<readonly Observation[]> {
  if (units.length === 0) return []
  const names = await settled(api.servers(call))
  if (isProviderError(names)) return units.map((unit) => ({ kind: 'unknown', unit, error: names }))
  const reads = await eachOf(names, callsAtOnce, async (name) => ({
    name,
    addresses: await settled(api.addresses(name, call)),
  }))
  return units.map((unit): Observation => {
    const holder = reads.find(({ addresses }) => !isProviderError(addresses) && addresses.includes(unit))
    const error = reads.map(({ addresses }) => addresses).find(isProviderError)
    if (holder === undefined && error !== undefined) return { kind: 'unknown', unit, error }
    const server = holder === undefined ? null : { id: holder.name, location: '' }
    return { kind: 'found', unit, location: '', server, inFlight: false, locked: false }
  })
}

async function resolveNodes(
  api: SoapApi,
  macs: Macs,
  nodes: readonly NodeFacts[],
  call: CallOptions,
): Promise<readonly ServerMatch[]> {
  if (nodes.length === 0) return []
  const matches = resolve(await readServers(api, nodes, call), nodes)
  for (const [index, match] of matches.entries()) {
    const node = nodes[index]
    const mac = node === undefined ? undefined : annotatedMac(node)
    if (match.kind !== 'matched') continue
    if (mac === undefined) macs.delete(match.server.id)
    else macs.set(match.server.id, mac)
  }
  return matches
}

async function readServers(api: SoapApi, nodes: readonly NodeFacts[], call: CallOptions): Promise<ServerList> {
  const names = await settled(api.servers(call))
  if (isProviderError(names)) return { servers: [], routed: undefined, doubt: names.message }
  const candidates = candidatesOf(
    names.map((name) => ({ id: name, name })),
    nodes,
  )
  const reads = await eachOf(candidates, callsAtOnce, async ({ name }): Promise<Server | ProviderError> => {
    const information = await settled(api.information(name, call))
    if (isProviderError(information)) return information
    const { nickname, networks, interfaces } = information
    const otherNames = nickname === undefined ? [] : [nickname]
    return { id: name, name, otherNames, location: '', networks, macAddresses: interfaces.map(({ mac }) => mac) }
  })
  return {
    servers: reads.flatMap((read) => (isProviderError(read) ? [] : read)),
    routed: undefined,
    doubt: reads.filter(isProviderError).find(({ code }) => code !== 'NotFound')?.message,
  }
}

async function serverState(api: SoapApi, name: string, call: CallOptions): Promise<ServerState> {
  const state = await settled(api.state(name, call))
  if (isProviderError(state)) return state.code === 'NotFound' ? 'gone' : 'unknown'
  switch (state) {
    case 'online':
      return 'running'
    case 'offline':
      return 'stopped'
    default:
      return 'unknown'
  }
}

/** Routes the unit to the server's interface. The server is read first: a call that changes nothing still costs a cool-down. */
async function assign(
  api: SoapApi,
  macs: Macs,
  { unit, server }: { readonly unit: string; readonly server: ServerReference },
  call: CallOptions,
): Promise<MutationResult> {
  const { id } = server
  const [addresses, { interfaces }] = await Promise.all([api.addresses(id, call), api.information(id, call)])
  if (addresses.includes(unit)) return done
  const annotated = interfaces.find(({ mac }) => mac === macs.get(id))
  const { mac } = annotated ?? interfaces.find(({ hasIPv4 }) => hasIPv4) ?? interfaces[0] ?? {}
  if (mac === undefined) {
    const message = `netcup shows no network interface of server ${id}; ${unit} cannot be routed to it.`
    throw new ProviderError('Invalid', message, { outcome: 'not-applied' })
  }
  return change(api, { unit, server: id, mac }, call)
}

/** Takes the unit from the server, if that has it. */
async function release(
  api: SoapApi,
  unit: string,
  { id }: ServerReference,
  call: CallOptions,
): Promise<MutationResult> {
  const addresses = await settled(api.addresses(id, call))
  if (isProviderError(addresses)) {
    if (addresses.code === 'NotFound') return done
    throw addresses
  }
  return addresses.includes(unit) ? change(api, { unit, server: id, mac: nowhere }, call) : done
}

async function change(
  api: SoapApi,
  routing: { readonly unit: string; readonly server: string; readonly mac: string },
  call: CallOptions,
): Promise<MutationResult> {
  if (await api.changeRouting(routing, call)) return done
  const message = `netcup answered "false" to changing the routing of ${routing.unit}; a read will tell.`
  throw new ProviderError('Conflict', message, { outcome: 'unknown' })
}
