import { defineProvider, ProviderError } from '@failover-ip/provider'
import type { Capabilities, Provider, Routing, ServerReference } from '@failover-ip/provider'
import { createJsonClient, readPages } from '@failover-ip/provider-kit'
import { z } from 'zod'
import { createHttpEmulator } from '../http/emulator.ts'
import type { EmulatedAnswer, EmulatedRequest } from '../http/emulator.ts'
import type { Fault } from '../http/fault.ts'
import { rateLimitSeconds } from './test-cloud.ts'
import type { MakeTestCloud, TestFault } from './test-cloud.ts'
import { testProvider } from './test-provider.ts'

/**
 * A cloud made up to be the opposite of Scaleway in all that a manifest can say, and a provider for it, so that those
 * parts of the suite are seen to pass too.
 */
const still: Capabilities = {
  unitPrefixLength: { ipv4: 32 },
  locationRule: null,
  slotsPerServer: null,
  move: 'direct',
  release: false,
  asynchronous: false,
  eventualReadSeconds: 0,
  coolDownSeconds: 0,
  accountWindows: [],
  node: 'none',
  announce: false,
  ipMode: 'Proxy',
}

const strict: Capabilities = { ...still, move: 'releaseFirst', release: true, announce: true, node: 'holder' }

const token = 'acme-token-12345678'
const unitAnswer = z.object({ unit: z.string(), server: z.string().nullable() })
const unitList = z.object({ units: z.array(unitAnswer), total: z.number() })
const serverList = z.object({ servers: z.array(z.object({ id: z.string() })), total: z.number() })

interface Credentials {
  readonly token: string
}

function acme(capabilities: Capabilities): Provider<object, Credentials> {
  return defineProvider({
    specificationVersion: 'v1',
    name: 'acme',
    providerIDPrefix: 'acme://',
    parameters: z.object({}),
    credentials: z.object({ token: z.string().min(1) }),
    capabilities,
    create: ({ credentials, fetch, clock, userAgent }): Routing => {
      const send = createJsonClient({
        cloud: 'Acme',
        apiUrl: 'https://api.acme.test',
        fetch,
        clock,
        userAgent,
        headers: { authorization: credentials.token },
        secrets: [credentials.token],
        readError: ({ status, body }) => ({ message: body, ...(status === 423 ? { code: 'Busy' as const } : {}) }),
      })
      const readUnits = (signal: AbortSignal): Promise<readonly z.output<typeof unitAnswer>[]> =>
        readPages({
          what: 'The list of units',
          identify: ({ unit }) => unit,
          readPage: async () => {
            const asked = { method: 'GET', path: '/units', schema: unitList, action: 'listing units' } as const
            const { value } = await send(asked, { signal })
            return { items: value.units, totalCount: value.total }
          },
        })
      const put = async (unit: string, server: string | null, signal: AbortSignal): Promise<{ status: 'done' }> => {
        const path = `/units/${encodeURIComponent(unit)}`
        await send({ method: 'PUT', path, body: { server }, schema: unitAnswer, action: `moving ${unit}` }, { signal })
        return { status: 'done' }
      }
      return {
        observe: async (units, { signal }) => {
          try {
            if (units.length === 0) return []
            const found = new Map((await readUnits(signal)).map((one) => [one.unit, one.server]))
            return units.map((unit) => {
              const id = found.get(unit)
              if (id === undefined) return { kind: 'absent', unit }
              const server = id === null ? null : referenceOf(id)
              return { kind: 'found', unit, location: '', server, inFlight: false, locked: false }
            })
          } catch (error) {
            if (!(error instanceof ProviderError)) throw error
            return units.map((unit) => ({ kind: 'unknown', unit, error }))
          }
        },
        resolve: async (nodes, { signal }) => {
          if (nodes.length === 0) return []
          const asked = { method: 'GET', path: '/servers', schema: serverList, action: 'listing servers' } as const
          const known = await send(asked, { signal }).catch((error: unknown) => {
            if (!(error instanceof ProviderError)) throw error
            return error
          })
          return nodes.map(({ name: node, providerID = '' }) => {
            if (!providerID.startsWith('acme://'))
              return { kind: 'unmatched', node, message: 'It is no server of Acme.' }
            if (known instanceof ProviderError) return { kind: 'unknown', node, message: known.message }
            const { servers, total } = known.value
            const server = servers.find(({ id }) => providerID === `acme://${id}`)
            if (server !== undefined) return { kind: 'matched', node, server: referenceOf(server.id) }
            return servers.length === total
              ? { kind: 'unmatched', node, message: 'There is no such server.' }
              : { kind: 'unknown', node, message: 'The list is not whole.' }
          })
        },
        assign: (unit, { id }, { signal }) => put(unit, id, signal),
        release: async (unit, { id }, { signal }) => {
          signal.throwIfAborted()
          if (!capabilities.release)
            throw new ProviderError('Unsupported', 'Acme cannot do it.', { outcome: 'not-applied' })
          const held = (await readUnits(signal)).find((one) => one.unit === unit)
          return held?.server === id ? put(unit, null, signal) : { status: 'done' }
        },
        poll: () => Promise.reject(new ProviderError('Invalid', 'Acme has no operations.', { outcome: 'unknown' })),
        nodePlan: (_unit, address) => ({
          address,
          prefixLength: 32,
          device: { rule: 'defaultRoute', family: 'ipv4' },
          scope: 'global',
          routes: [],
          announce: capabilities.announce ? 'arp' : 'none',
        }),
      }
    },
  })
}

function referenceOf(id: string): ServerReference {
  return { id, location: '' }
}

function acmeCloud(capabilities: Capabilities): MakeTestCloud {
  const faults: Partial<Record<TestFault, Fault>> = {
    refused: { kind: 'refuse' },
    droppedAfter: { kind: 'dropAfter' },
    serverError: { kind: 'status', status: 500 },
    rateLimited: { kind: 'status', status: 429, headers: { 'retry-after': String(rateLimitSeconds) } },
    busy: { kind: 'status', status: 423 },
    echoing: { kind: 'status', status: 400, body: { error: `who is ${token}?` } },
    malformed: { kind: 'malformed', text: '<html>' },
    truncated: { kind: 'truncate' },
    hanging: { kind: 'hang' },
  }
  return ({ clock }) => {
    const servers = new Set<string>()
    const units = new Map<string, string | null>()
    const bodyOf = (unit: string): object => ({ unit, server: units.get(unit) ?? null })
    const put = (unit: string, server: string | null): EmulatedAnswer => {
      const held = units.get(unit)
      if (held === undefined || (server !== null && !servers.has(server))) return { status: 404 }
      if (held === server) return { status: 200, body: bodyOf(unit) }
      if (capabilities.move === 'releaseFirst' && held !== null && server !== null) return { status: 409 }
      units.set(unit, server)
      return { status: 200, body: bodyOf(unit), effect: `${unit} to ${server ?? 'nobody'}` }
    }
    const answer = ({ method, url, headers, body }: EmulatedRequest): EmulatedAnswer => {
      if (headers.get('authorization') !== token) return { status: 401 }
      if (method === 'PUT') {
        const { server } = z.object({ server: z.string().nullable() }).parse(JSON.parse(body))
        return put(decodeURIComponent(url.pathname.slice('/units/'.length)), server)
      }
      return url.pathname === '/units'
        ? { status: 200, body: { units: [...units.keys()].map(bodyOf), total: units.size } }
        : { status: 200, body: { servers: [...servers].map((id) => ({ id })), total: servers.size } }
    }
    const emulator = createHttpEmulator({ clock, latencyMs: 20, answer })
    return {
      parameters: {},
      credentials: { token },
      wrongCredentials: { token: 'acme-token-of-others' },
      fetch: emulator.fetch,
      locations: [''],
      faults: Object.keys(faults) as TestFault[],
      addServer: () => {
        const id = `s${servers.size + 1}`
        servers.add(id)
        const node = { name: id, providerID: `acme://${id}`, addresses: [], labels: {}, annotations: {} }
        return { server: referenceOf(id), node }
      },
      removeServer: ({ id }) => void servers.delete(id),
      addUnit: () => {
        const unit = `192.0.2.${units.size + 1}/32`
        units.set(unit, null)
        return unit
      },
      removeUnit: (unit) => void units.delete(unit),
      place: (unit, server) => void units.set(unit, server?.id ?? null),
      holder: (unit) => {
        const id = units.get(unit) ?? null
        return id === null ? null : referenceOf(id)
      },
      effects: () => emulator.requests.filter(({ effect }) => effect !== null).length,
      fail: (kind, fault) => {
        const method = kind === 'reads' ? 'GET' : 'PUT'
        emulator.faults.add({ method, times: Infinity, fault: faults[fault] ?? { kind: 'hang' } })
      },
      heal: () => emulator.faults.clear(),
    }
  }
}

testProvider(acme(still), { cloud: acmeCloud(still) })
testProvider(acme(strict), { title: 'released before it is moved', cloud: acmeCloud(strict) })
