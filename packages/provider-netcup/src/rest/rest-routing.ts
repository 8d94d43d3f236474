import { isProviderError, ProviderError } from '@failover-ip/provider'
import type {
  CallOptions,
  Clock,
  MutationResult,
  NodeFacts,
  Observation,
  Routing,
  ServerReference,
  ServerState,
} from '@failover-ip/provider'
import { familyOf, settled, withDeadline } from '@failover-ip/provider-kit'
import { eachOf } from '../each-of.ts'
import { nodePlan } from '../node-plan.ts'
import { annotatedMac, candidatesOf, resolve } from '../resolve.ts'
import type { ServerList } from '../server.ts'
import type { FailoverAddress, ServerDetails } from './answers.ts'
import { parseOperation, progressOf } from './operation.ts'
import type { Family, RestApi } from './rest-api.ts'

const families: readonly Family[] = ['ipv4', 'ipv6']
/** Servers are read one by one: the list names neither their sites nor their addresses. Some hundred take the time that a read has. */
const readsAtOnce = 30
const incomplete = "netcup's lists of servers and failover addresses hold an item that cannot be read."
/** Of the five seconds that the engine gives a change. */
const readBeforeChange = 3000

/** Routing by the REST API. It has no call that takes an address from a server. */
export function createRestRouting(api: RestApi, clock: Clock): Routing {
  const what = 'netcup'
  return {
    observe: (units, { signal }) => withDeadline({ clock, signal, what }, (call) => observe(api, units, call)),
    resolve: async (nodes, { signal }) => {
      if (nodes.length === 0) return []
      return withDeadline({ clock, signal, what }, async (call) => resolve(await readServers(api, nodes, call), nodes))
    },
    serverStates: (servers, { signal }) =>
      withDeadline({ clock, signal, what }, (call) =>
        eachOf(servers, readsAtOnce, ({ id }) => serverState(api, id, call)),
      ),
    assign: (unit, server, call) => assign({ api, clock }, { unit, server }, call),
    poll: async (value, call) => {
      call.signal.throwIfAborted()
      const operation = parseOperation(value)
      return progressOf(operation, await api.task(operation.task, call))
    },
    release: async (unit, _server, { signal }) => {
      signal.throwIfAborted()
      const message = `netcup's REST API cannot take ${unit} from its server; it can only give it to another one.`
      throw new ProviderError('Unsupported', message, { outcome: 'not-applied' })
    },
    nodePlan: (_unit, address) => nodePlan(address),
  }
}

/** One list per family. A unit is absent when the list of its family was read and does not have it. */
async function observe(api: RestApi, units: readonly string[], call: CallOptions): Promise<readonly Observation[]> {
  const asked = families.filter((family) => units.some((unit) => familyOf(unit) === family))
  const reads = new Map(
    await Promise.all(
      asked.map(async (family) => [family, await settled(api.failoverAddresses(family, call))] as const),
    ),
  )
  const observations = units.map(async (unit): Promise<Observation> => {
    const read = reads.get(familyOf(unit))
    if (read === undefined) return { kind: 'absent', unit }
    if (isProviderError(read)) return { kind: 'unknown', unit, error: read }
    const address = read.items.find((one) => one.unit === unit)
    if (address !== undefined) return found(api, address, call)
    return read.complete ? { kind: 'absent', unit } : { kind: 'unknown', unit, error: unread(unit) }
  })
  return Promise.all(observations)
}

/** An address is of the site of its server, which is asked where the list does not say. */
async function found(api: RestApi, address: FailoverAddress, call: CallOptions): Promise<Observation> {
  const { unit, server, editable } = address
  const holder = address.site === '' && server !== null ? await settled(api.server(server, false, call)) : undefined
  if (isProviderError(holder)) return { kind: 'unknown', unit, error: holder }
  const location = holder?.site ?? address.site
  return {
    kind: 'found',
    unit,
    location,
    server: server === null ? null : { id: server, location },
    inFlight: false,
    locked: !editable,
  }
}

function unread(unit: string): ProviderError {
  const message = `netcup's list of failover addresses holds an item that cannot be read, which may be ${unit}.`
  return new ProviderError('Transient', message, { outcome: 'not-applied' })
}

/**
 * Routes the unit to the server. It is read first, since a request that changes nothing still counts in the account's windows; by
 * a deadline of its own, for then it is sure that nothing was sent, however long a login takes.
 */
async function assign(
  { api, clock }: { readonly api: RestApi; readonly clock: Clock },
  { unit, server }: { readonly unit: string; readonly server: ServerReference },
  call: CallOptions,
): Promise<MutationResult> {
  const reading = { ...call, clock, milliseconds: readBeforeChange, what: 'netcup' }
  const { items, complete } = await withDeadline(reading, (within) => api.failoverAddresses(familyOf(unit), within))
  const address = items.find((one) => one.unit === unit)
  if (address === undefined) {
    if (!complete) throw unread(unit)
    const message = `The netcup account has no failover address ${unit}. Check the address and whose token the Secret holds.`
    throw new ProviderError('NotFound', message, { outcome: 'not-applied' })
  }
  if (address.server === server.id) return { status: 'done' }
  if (!address.editable) {
    const message = `netcup does not let ${unit} be changed now. Look at it in the server control panel.`
    throw new ProviderError('Busy', message, { outcome: 'not-applied' })
  }
  if (address.site !== '' && server.location !== '' && address.site !== server.location) {
    const message = `${unit} is of netcup's site ${address.site} and cannot go to server ${server.id} in site ${server.location}.`
    throw new ProviderError('Invalid', message, { outcome: 'not-applied' })
  }
  const task = await api.route(address, server.id, call)
  return progressOf({ kind: 'netcup.task.v1', task: task.uuid, unit, server: server.id }, task)
}

/** Reads the servers that the nodes may be: those that they name, or all when one names none. */
async function readServers(api: RestApi, nodes: readonly NodeFacts[], call: CallOptions): Promise<ServerList> {
  const [listed, ...lists] = await Promise.all([
    settled(api.servers(call)),
    ...families.map((family) => settled(api.failoverAddresses(family, call))),
  ])
  if (isProviderError(listed)) return { servers: [], routed: undefined, doubt: listed.message }
  const withMacs = nodes.some((node) => annotatedMac(node) !== undefined)
  const candidates = candidatesOf(listed.items, nodes)
  const details = await eachOf(candidates, readsAtOnce, ({ id }) => settled(api.server(id, withMacs, call)))
  const failed = [...details, ...lists].filter(isProviderError)
  const whole = lists.flatMap((list) => (isProviderError(list) || !list.complete ? [] : [list.items]))
  return {
    servers: details.flatMap((one) => (isProviderError(one) ? [] : { ...one, location: one.site })),
    routed:
      whole.length < lists.length ? undefined : new Map(whole.flat().map(({ unit, server }) => [unit, server ?? ''])),
    // One that is gone since the list was read is none that could not be read.
    doubt:
      failed.find(({ code }) => code !== 'NotFound')?.message ??
      (listed.complete && whole.length === lists.length ? undefined : incomplete),
  }
}

async function serverState(api: RestApi, id: string, call: CallOptions): Promise<ServerState> {
  const server = await settled(api.server(id, true, call))
  if (!isProviderError(server)) return stateOf(server)
  return server.code === 'NotFound' ? 'gone' : 'unknown'
}

/** Only a server without a running machine is dead; one that is paused or shutting down may come back or still serve. */
function stateOf({ state }: ServerDetails): ServerState {
  switch (state) {
    case 'RUNNING':
    case 'BLOCKED':
      return 'running'
    case 'SHUTOFF':
    case 'CRASHED':
      return 'stopped'
    default:
      return 'unknown'
  }
}
