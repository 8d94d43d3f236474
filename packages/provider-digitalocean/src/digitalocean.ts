import { configureProvider, defineProvider, parseOptions } from '@failover-ip/provider'
import type { ConfiguredProvider, Provider, ProviderContext, Routing } from '@failover-ip/provider'
import { withDeadline } from '@failover-ip/provider-kit'
import { createAsk } from './ask.ts'
import { capabilities, capabilitiesFor } from './capabilities.ts'
import { assign, poll, release } from './change.ts'
import { createDigitalOceanApi } from './digitalocean-api.ts'
import { createFirewallApi } from './firewall/firewall-api.ts'
import { firewallUpkeep } from './firewall/firewall-upkeep.ts'
import { nodePlan } from './node-plan.ts'
import { observe } from './observe.ts'
import { resolve } from './resolve.ts'
import { serverStates } from './server-states.ts'
import { credentials, parameters, settings } from './settings.ts'
import type { DigitalOceanCredentials, DigitalOceanParameters } from './settings.ts'

/** DigitalOcean's reserved IPv4 and IPv6 addresses on Droplets. */
export const digitalocean: Provider<DigitalOceanParameters, DigitalOceanCredentials> = defineProvider({
  specificationVersion: 'v1',
  name: 'digitalocean',
  providerIDPrefix: 'digitalocean://',
  parameters,
  credentials,
  capabilities,
  variant: (given) => ({ capabilities: capabilitiesFor(given), credentials }),
  create: createRouting,
})

function createRouting(context: ProviderContext<DigitalOceanParameters, DigitalOceanCredentials>): Routing {
  const { parameters: given, credentials: keys, fetch, clock, userAgent } = context
  const ask = createAsk({ apiUrl: given.apiUrl, token: keys.DIGITALOCEAN_ACCESS_TOKEN, fetch, clock, userAgent })
  const api = createDigitalOceanApi(ask, given.ipv4Api)
  const what = 'DigitalOcean'
  const shared = { api, projectId: given.projectId, move: given.move }
  return {
    observe: (units, { signal }) => withDeadline({ clock, signal, what }, (call) => observe(shared, units, call)),
    resolve: (nodes, { signal }) => withDeadline({ clock, signal, what }, (call) => resolve(api, nodes, call)),
    serverStates: (servers, { signal }) =>
      withDeadline({ clock, signal, what }, (call) => serverStates(api, servers, call)),
    assign: (unit, server, call) => assign(shared, unit, server, call),
    poll: (operation, call) => poll(shared, operation, call),
    release: (unit, server, call) => release(shared, unit, server, call),
    nodePlan: (_unit, address) => nodePlan(address),
    ...(given.firewall === undefined ? {} : { upkeep: firewallUpkeep(createFirewallApi(ask), given.firewall) }),
  }
}

export interface DigitalOceanSettings extends Partial<DigitalOceanParameters> {
  readonly token: string
}

/**
 * An account at DigitalOcean, for use as a library. Throws a `ConfigurationError` that names what is wrong with the settings.
 *
 * @example
 * const provider = createDigitalOcean({ token: process.env.DIGITALOCEAN_ACCESS_TOKEN })
 */
export function createDigitalOcean(given: DigitalOceanSettings): ConfiguredProvider {
  const { token, ...rest } = parseOptions(settings, given, 'createDigitalOcean')
  const keys = { DIGITALOCEAN_ACCESS_TOKEN: token }
  return configureProvider(digitalocean, { parameters: rest, credentials: keys, fetch: globalThis.fetch })
}
