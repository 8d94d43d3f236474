import { isProviderError } from '@failover-ip/provider'
import type { CallOptions, ServerReference, ServerState } from '@failover-ip/provider'
import { settled } from '@failover-ip/provider-kit'
import type { InstanceApi } from './instance-api.ts'

/** Up to so many Instances of a zone are read one by one, at once; more by the zone's list. */
const mostSingleReads = 5

/**
 * What Scaleway knows of Instances being alive. One that is not in its zone's list may belong to another project, so that
 * only a read of its own that finds nothing proves it gone.
 */
export async function serverStates(
  api: InstanceApi,
  servers: readonly ServerReference[],
  call: CallOptions,
): Promise<readonly ServerState[]> {
  const zones = Map.groupBy(servers, ({ location }) => location)
  const crowded = [...zones].filter(([, found]) => found.length > mostSingleReads).map(([zone]) => zone)
  const lists = new Map(
    await Promise.all(crowded.map(async (zone) => [zone, await listStates(api, zone, call)] as const)),
  )
  return Promise.all(
    servers.map(async ({ id, location: zone }) => {
      const listed = lists.get(zone)
      if (listed === 'unknown') return 'unknown'
      return listed?.get(id) ?? (await readState(api, { zone, id }, call))
    }),
  )
}

async function listStates(
  api: InstanceApi,
  zone: string,
  call: CallOptions,
): Promise<ReadonlyMap<string, ServerState> | 'unknown'> {
  const listed = await settled(api.listServers(zone, call))
  if (isProviderError(listed)) return 'unknown'
  return new Map(listed.items.map(({ id, state }) => [id, stateOf(state)]))
}

async function readState(
  api: InstanceApi,
  reference: { readonly zone: string; readonly id: string },
  call: CallOptions,
): Promise<ServerState> {
  const read = await settled(api.getServer(reference, call))
  if (!isProviderError(read)) return stateOf(read.state)
  return read.code === 'NotFound' ? 'gone' : 'unknown'
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
