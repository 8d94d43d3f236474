import { isProviderError } from '@failover-ip/provider'
import type { CallOptions, ServerReference, ServerState } from '@failover-ip/provider'
import { settled } from '@failover-ip/provider-kit'
import type { DigitalOceanApi } from './digitalocean-api.ts'

/** Up to so many Droplets are read one by one, at once; more by the list. */
const mostSingleReads = 5

/** What DigitalOcean knows of Droplets being alive. Only a read of its own that finds nothing proves one gone. */
export async function serverStates(
  api: DigitalOceanApi,
  servers: readonly ServerReference[],
  call: CallOptions,
): Promise<readonly ServerState[]> {
  const listed = servers.length > mostSingleReads ? await listStates(api, call) : new Map<string, ServerState>()
  if (listed === 'unknown') return servers.map(() => 'unknown')
  return Promise.all(servers.map(async ({ id }) => listed.get(id) ?? (await readState(api, id, call))))
}

async function listStates(
  api: DigitalOceanApi,
  call: CallOptions,
): Promise<ReadonlyMap<string, ServerState> | 'unknown'> {
  const listed = await settled(api.listDroplets(call))
  if (isProviderError(listed)) return 'unknown'
  return new Map(listed.items.map(({ id, status }) => [id, stateOf(status)]))
}

async function readState(api: DigitalOceanApi, id: string, call: CallOptions): Promise<ServerState> {
  const read = await settled(api.getDroplet(id, call))
  if (!isProviderError(read)) return stateOf(read.status)
  return read.code === 'NotFound' ? 'gone' : 'unknown'
}

function stateOf(status: string): ServerState {
  switch (status) {
    case 'active':
      return 'running'
    case 'off':
      return 'stopped'
    default:
      return 'unknown'
  }
}
