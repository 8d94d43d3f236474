import { isProviderError } from '@failover-ip/provider'
import type { CallOptions, ServerReference, ServerState } from '@failover-ip/provider'
import type { InstanceApi } from './instance-api.ts'

/**
 * One list per zone. An Instance that is not in its list may belong to another project, so that only a read of its own
 * that finds nothing proves it gone.
 */
export async function serverStates(
  api: InstanceApi,
  servers: readonly ServerReference[],
  call: CallOptions,
): Promise<readonly ServerState[]> {
  const zones = [...new Set(servers.map(({ location }) => location))]
  const listed = new Map(
    await Promise.all(zones.map(async (zone) => [zone, await listStates(api, zone, call)] as const)),
  )
  return Promise.all(
    servers.map(async ({ id, location }) => {
      const states = listed.get(location)
      return states === undefined ? 'unknown' : (states.get(id) ?? (await readState(api, { zone: location, id }, call)))
    }),
  )
}

async function listStates(
  api: InstanceApi,
  zone: string,
  call: CallOptions,
): Promise<ReadonlyMap<string, ServerState> | undefined> {
  try {
    const { items } = await api.listServers(zone, call)
    return new Map(items.map(({ id, state }) => [id, stateOf(state)]))
  } catch (error) {
    if (!isProviderError(error)) throw error
    return undefined
  }
}

async function readState(
  api: InstanceApi,
  reference: { readonly zone: string; readonly id: string },
  call: CallOptions,
): Promise<ServerState> {
  try {
    return stateOf((await api.getServer(reference, call)).state)
  } catch (error) {
    if (!isProviderError(error)) throw error
    return error.code === 'NotFound' ? 'gone' : 'unknown'
  }
}

/**
 * Only an Instance that has stopped is dead. One that is stopping may still serve; a locked one is closed to changes,
 * which says nothing of its packets.
 */
function stateOf(state: string): ServerState {
  switch (state) {
    case 'running':
      return 'running'
    case 'stopped':
    case 'stopped in place':
      return 'stopped'
    default:
      return 'unknown'
  }
}
