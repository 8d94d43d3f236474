import { configureProvider, defineProvider, parseOptions } from '@failover-ip/provider'
import type { ConfiguredProvider, Provider, ProviderContext, Routing } from '@failover-ip/provider'
import { withDeadline } from '@failover-ip/provider-kit'
import { createAddressBook } from './address-book.ts'
import { capabilities } from './capabilities.ts'
import { assign, poll, release } from './change.ts'
import { createInstanceApi } from './instance-api.ts'
import type { Account } from './instance-api.ts'
import { createIpamApi } from './ipam-api.ts'
import { nameUnit } from './name-unit.ts'
import { nodePlan } from './node-plan.ts'
import { observe } from './observe.ts'
import { resolve } from './resolve.ts'
import { serverStates } from './server-states.ts'
import { credentials, parameters, settings } from './settings.ts'
import type { ReverseNames, ScalewayCredentials, ScalewayParameters } from './settings.ts'

/** Scaleway's routed IPv4 addresses and IPv6 prefixes on Instances. */
export const scaleway: Provider<ScalewayParameters, ScalewayCredentials> = defineProvider({
  specificationVersion: 'v1',
  name: 'scaleway',
  providerIDPrefix: 'scaleway://',
  parameters,
  credentials,
  capabilities,
  create: createRouting,
})

function createRouting(context: ProviderContext<ScalewayParameters, ScalewayCredentials>): Routing {
  const { parameters: given, credentials: keys, fetch, clock, userAgent, warn } = context
  const account: Account = {
    apiUrl: given.apiUrl,
    accessKey: keys.SCW_ACCESS_KEY,
    secretKey: keys.SCW_SECRET_KEY,
    projectIds: given.projectIds ?? (keys.SCW_DEFAULT_PROJECT_ID === undefined ? [] : [keys.SCW_DEFAULT_PROJECT_ID]),
    organizationId: given.organizationId,
    fetch,
    clock,
    userAgent,
  }
  const what = 'Scaleway'
  const api = createInstanceApi(account)
  const book = createAddressBook()
  const naming = { api, ipam: createIpamApi(account), book, clock, names: given.reverseNames, warn }
  const shared = { api, book, clock, zones: given.zones, move: given.move }
  return {
    observe: (units, { signal }) => withDeadline({ clock, signal, what }, (call) => observe(shared, units, call)),
    resolve: (nodes, { signal }) => withDeadline({ clock, signal, what }, (call) => resolve(shared, nodes, call)),
    serverStates: (servers, { signal }) =>
      withDeadline({ clock, signal, what }, (call) => serverStates(api, servers, call)),
    assign: async (unit, server, call) => {
      const result = await assign(shared, unit, server, call)
      // A name is the address's own, wherever it is: the failover waits for none, and a poll changes nothing.
      void nameUnit(naming, { unit, zone: server.location }, call)
      return result
    },
    poll: (operation, call) => poll(shared, operation, call),
    release: (unit, server, call) => release(shared, unit, server, call),
    nodePlan: (_unit, address) => nodePlan(address),
  }
}

export interface ScalewaySettings {
  readonly accessKey: string
  readonly secretKey: string
  /** Default: whatever the key can see. */
  readonly projectId?: string
  readonly organizationId?: string
  /** Default: all zones that have Instances. */
  readonly zones?: readonly string[]
  /** Default: `projectId`. */
  readonly projectIds?: readonly string[]
  /** Host name by address, for the reverse DNS. Default: none. */
  readonly reverseNames?: ReverseNames
  /** Default: `tryThenRelease`. */
  readonly move?: ScalewayParameters['move']
  /** Default: `https://api.scaleway.com`. */
  readonly apiUrl?: string
}

/**
 * An account at Scaleway, for use as a library. Throws a `ConfigurationError` that names what is wrong with the settings.
 *
 * @example
 * const provider = createScaleway({ accessKey, secretKey, projectId })
 */
export function createScaleway(given: ScalewaySettings): ConfiguredProvider {
  const { accessKey, secretKey, projectId, ...rest } = parseOptions(settings, given, 'createScaleway')
  const keys = { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_DEFAULT_PROJECT_ID: projectId }
  return configureProvider(scaleway, { parameters: rest, credentials: keys, fetch: globalThis.fetch })
}
