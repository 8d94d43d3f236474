import { defineProvider, isProviderError, ProviderError } from '@failover-ip/provider'
import type {
  Capabilities,
  JsonValue,
  MutationResult,
  Observation,
  Provider,
  ProviderContext,
  Routing,
  ServerMatch,
  ServerState,
} from '@failover-ip/provider'
import { createJsonClient, familyOf, readPages } from '@failover-ip/provider-kit'
import { z } from 'zod'

export interface AcmeCredentials {
  readonly token: string
}

type Send = ReturnType<typeof createJsonClient>

const units = z.object({
  items: z.array(
    z.object({
      unit: z.string(),
      location: z.string(),
      server: z.string().nullable(),
      inner: z.string().optional(),
      busy: z.boolean(),
      locked: z.boolean(),
    }),
  ),
  total: z.number(),
})
const servers = z.object({
  items: z.array(z.object({ id: z.string(), location: z.string(), units: z.array(z.string()) })),
  total: z.number(),
})
const accepted = z.object({ job: z.number().optional() })
const job = z.object({ state: z.enum(['running', 'done', 'failed']) })
const power = z.object({ state: z.enum(['on', 'off']) })
type UnitItem = z.output<typeof units>['items'][number]
type ServerItem = z.output<typeof servers>['items'][number]
const operationSchema = z.object({ job: z.number() })

/** A provider for the cloud of `acme-cloud.ts`. */
export function acme(capabilities: Capabilities): Provider<object, AcmeCredentials> {
  return defineProvider({
    specificationVersion: 'v1',
    name: 'acme',
    providerIDPrefix: 'acme://',
    parameters: z.object({}),
    credentials: z.object({ token: z.string().min(1) }),
    capabilities,
    create: (context) => createRouting(capabilities, context),
  })
}

function createRouting(
  capabilities: Capabilities,
  { credentials, fetch, clock, userAgent }: ProviderContext<object, AcmeCredentials>,
): Routing {
  const send = createJsonClient({
    cloud: 'Acme',
    apiUrl: 'https://api.acme.test',
    fetch,
    clock,
    userAgent,
    headers: { authorization: credentials.token },
    secrets: [credentials.token],
    readError: ({ body }) => ({ message: body }),
  })
  return {
    observe: (wanted, { signal }) => observe(send, wanted, signal),
    resolve: async (nodes, { signal }) => {
      if (nodes.length === 0) return []
      const known = await orError(readServers(send, signal))
      return nodes.map(({ name, providerID = '' }): ServerMatch => {
        if (!providerID.startsWith('acme://')) return unmatched(name, `Node ${name} is no server of Acme.`)
        if (isProviderError(known)) return { kind: 'unknown', node: name, message: known.message }
        const server = known.find(({ id }) => providerID === `acme://${id}`)
        if (server === undefined) return unmatched(name, `Acme has no server ${providerID}.`)
        const { id, location, units: carried } = server
        return { kind: 'matched', node: name, server: { id, location }, units: carried }
      })
    },
    serverStates: (asked, { signal }) => Promise.all(asked.map(({ id }) => readState(send, id, signal))),
    assign: (unit, { id }, { signal }) => put(send, unit, id, signal),
    release: async (unit, { id }, { signal }) => {
      signal.throwIfAborted()
      if (!capabilities.release) throw unsupported()
      const held = (await readUnits(send, signal)).find((one) => one.unit === unit)
      return held?.server === id ? put(send, unit, null, signal) : { status: 'done' }
    },
    poll: async (operation, { signal }) => {
      const parsed = operationSchema.safeParse(operation)
      if (!parsed.success) throw notOurs()
      const path = `/jobs/${parsed.data.job}`
      const { value } = await send(
        { method: 'GET', path, schema: job, action: `reading job ${parsed.data.job}` },
        { signal },
      )
      if (value.state === 'failed') {
        throw new ProviderError('Transient', 'Acme says that the change has failed.', { outcome: 'unknown' })
      }
      return value.state === 'done' ? { status: 'done' } : { status: 'pending', operation }
    },
    nodePlan: (unit, address, _server, deliveredTo) => ({
      address,
      prefixLength: familyOf(unit) === 'ipv4' ? 32 : 128,
      device: { rule: 'defaultRoute', family: familyOf(unit) },
      scope: 'global',
      routes: [],
      ...(deliveredTo === undefined ? {} : { translateFrom: deliveredTo }),
      announce: capabilities.announce ? (familyOf(unit) === 'ipv4' ? 'arp' : 'ndp') : 'none',
    }),
  }
}

async function observe(send: Send, wanted: readonly string[], signal: AbortSignal): Promise<readonly Observation[]> {
  if (wanted.length === 0) return []
  const known = await orError(readUnits(send, signal))
  if (isProviderError(known)) return wanted.map((unit) => ({ kind: 'unknown', unit, error: known }))
  const found = new Map(known.map((one) => [one.unit, one]))
  return wanted.map((unit): Observation => {
    const one = found.get(unit)
    if (one === undefined) return { kind: 'absent', unit }
    const { location, busy: inFlight, locked, inner } = one
    const server = one.server === null ? null : { id: one.server, location }
    const delivered = inner === undefined ? {} : { deliveredTo: inner }
    return { kind: 'found', unit, location, server, inFlight, locked, ...delivered }
  })
}

async function put(send: Send, unit: string, server: string | null, signal: AbortSignal): Promise<MutationResult> {
  const path = `/units/${encodeURIComponent(unit)}`
  const action = `giving ${unit} to ${server ?? 'nobody'}`
  const { value } = await send({ method: 'PUT', path, body: { server }, schema: accepted, action }, { signal })
  const operation: JsonValue | undefined = value.job === undefined ? undefined : { job: value.job }
  return operation === undefined ? { status: 'done' } : { status: 'pending', operation }
}

function readUnits(send: Send, signal: AbortSignal): Promise<readonly UnitItem[]> {
  return readPages({
    what: 'The list of units',
    identify: ({ unit }) => unit,
    readPage: async (page) => {
      const asked = { method: 'GET', path: `/units?page=${page}`, schema: units, action: 'listing units' } as const
      const { value } = await send(asked, { signal })
      return { items: value.items, totalCount: value.total }
    },
  })
}

function readServers(send: Send, signal: AbortSignal): Promise<readonly ServerItem[]> {
  return readPages({
    what: 'The list of servers',
    identify: ({ id }) => id,
    readPage: async (page) => {
      const asked = {
        method: 'GET',
        path: `/servers?page=${page}`,
        schema: servers,
        action: 'listing servers',
      } as const
      const { value } = await send(asked, { signal })
      return { items: value.items, totalCount: value.total }
    },
  })
}

async function readState(send: Send, id: string, signal: AbortSignal): Promise<ServerState> {
  const asked = { method: 'GET', path: `/servers/${id}`, schema: power, action: `reading server ${id}` } as const
  const read = await orError(send(asked, { signal }))
  if (isProviderError(read)) return read.code === 'NotFound' ? 'gone' : 'unknown'
  return read.value.state === 'on' ? 'running' : 'stopped'
}

async function orError<Value>(promise: Promise<Value>): Promise<Value | ProviderError> {
  try {
    return await promise
  } catch (error) {
    if (isProviderError(error)) return error
    throw error
  }
}

function unmatched(node: string, message: string): ServerMatch {
  return { kind: 'unmatched', node, message }
}

function unsupported(): ProviderError {
  return new ProviderError('Unsupported', 'Acme cannot take a unit from a server.', { outcome: 'not-applied' })
}

function notOurs(): ProviderError {
  return new ProviderError('Invalid', 'The recorded operation is none of Acme.', { outcome: 'unknown' })
}
