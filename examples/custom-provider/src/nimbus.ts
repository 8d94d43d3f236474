import { defineProvider, isProviderError, ProviderError } from '@failover-ip/provider'
import type {
  CallOptions,
  MutationResult,
  Observation,
  Provider,
  ServerMatch,
  ServerState,
} from '@failover-ip/provider'
import { familyOf, settled } from '@failover-ip/provider-kit'
import { z } from 'zod'
import { createNimbusApi, credentials, parameters } from './nimbus-api.ts'

/** What is stored of a change that is under way. It may come back from a store that somebody has edited. */
const operationSchema = z.object({ job: z.string().regex(/^job-\d{1,15}$/) })

const done: MutationResult = { status: 'done' }

/** Of what is not among the rows that could be read. */
function notWhole(): ProviderError {
  const message = "A row of Nimbus's list cannot be read; whether it is this one is not known."
  return new ProviderError('Transient', message, { outcome: 'not-applied' })
}

/** Routed blocks at Nimbus, which answers a change with a job and keeps a block within its site. */
export const nimbus: Provider<z.output<typeof parameters>, z.output<typeof credentials>> = defineProvider({
  specificationVersion: 'v1',
  name: 'nimbus',
  providerIDPrefix: 'nimbus://',
  parameters,
  credentials,
  capabilities: {
    unitPrefixLength: { ipv4: 32, ipv6: 64 },
    locationRule: { location: 'site' },
    slotsPerServer: 3,
    move: 'direct',
    release: true,
    asynchronous: true,
    eventualReadSeconds: 2,
    coolDownSeconds: 0,
    accountWindows: [{ mutations: 20, seconds: 60 }],
    node: 'holder',
    announce: false,
    ipMode: 'VIP',
  },
  create: (context) => {
    const api = createNimbusApi(context)

    const change = async (verb: 'attach' | 'detach', unit: string, machine: string, call: CallOptions) => {
      const job = await api.change(verb, unit, machine, call)
      return job === undefined ? done : ({ status: 'pending', operation: { job } } as const)
    }

    return {
      observe: async (units, call) => {
        if (units.length === 0) return []
        const blocks = await settled(api.listBlocks(call))
        if (isProviderError(blocks)) return units.map((unit) => ({ kind: 'unknown', unit, error: blocks }))
        return units.map((unit): Observation => {
          const found = blocks.rows.find(({ cidr }) => cidr === unit)
          if (found === undefined)
            return blocks.isWhole ? { kind: 'absent', unit } : { kind: 'unknown', unit, error: notWhole() }
          const { site: location, machine, moving: inFlight } = found
          const server = machine === null ? null : { id: machine, location }
          return { kind: 'found', unit, location, server, inFlight, locked: false }
        })
      },

      resolve: async (nodes, call) => {
        if (nodes.length === 0) return []
        const [machines, blocks] = await Promise.all([settled(api.listMachines(call)), settled(api.listBlocks(call))])
        return nodes.map(({ name: node, providerID = '' }): ServerMatch => {
          if (!providerID.startsWith('nimbus://')) {
            return { kind: 'unmatched', node, message: `Node ${node} has no providerID of Nimbus's.` }
          }
          if (isProviderError(machines)) return { kind: 'unknown', node, message: machines.message }
          const found = machines.rows.find(({ id, site }) => providerID === `nimbus://${site}/${id}`)
          if (found === undefined && !machines.isWhole) return { kind: 'unknown', node, message: notWhole().message }
          if (found === undefined) {
            return { kind: 'unmatched', node, message: `Nimbus has no machine ${providerID}. Check whose key it is.` }
          }
          const server = { id: found.id, location: found.site }
          if (isProviderError(blocks) || !blocks.isWhole) return { kind: 'matched', node, server }
          const units = blocks.rows.filter(({ machine }) => machine === found.id).map(({ cidr }) => cidr)
          return { kind: 'matched', node, server, units }
        })
      },

      serverStates: async (servers, call) => {
        const machines = await settled(api.listMachines(call))
        return servers.map(({ id }): ServerState => {
          if (isProviderError(machines)) return 'unknown'
          const found = machines.rows.find((machine) => machine.id === id)
          if (found === undefined) return machines.isWhole ? 'gone' : 'unknown'
          return found.power === 'on' ? 'running' : found.power === 'off' ? 'stopped' : 'unknown'
        })
      },

      assign: (unit, server, call) => change('attach', unit, server.id, call),

      release: async (unit, server, call) => {
        const result = await settled(change('detach', unit, server.id, call))
        if (!isProviderError(result)) return result
        if (result.code === 'NotFound') return done
        throw result
      },

      poll: async (operation, call) => {
        const parsed = operationSchema.safeParse(operation)
        if (!parsed.success) throw new ProviderError('Invalid', 'This is no job of Nimbus.', { outcome: 'unknown' })
        const { job } = parsed.data
        const state = await api.readJob(job, call)
        if (state === 'failed')
          throw new ProviderError('Transient', `Nimbus says that ${job} failed.`, { outcome: 'unknown' })
        return state === 'succeeded' ? done : { status: 'pending', operation }
      },

      nodePlan: (unit, address) => ({
        address,
        prefixLength: familyOf(unit) === 'ipv4' ? 32 : 128,
        device: { rule: 'defaultRoute', family: familyOf(unit) },
        scope: 'global',
        routes: [],
        announce: 'none',
      }),
    }
  },
})
