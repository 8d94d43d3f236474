import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { CallOptions, Observation } from '@failover-ip/provider'
import { familyOf, settled } from '@failover-ip/provider-kit'
import type { ReservedAddress } from './answers.ts'
import type { DigitalOceanApi } from './digitalocean-api.ts'

export interface ObserveContext {
  readonly api: DigitalOceanApi
  /** Addresses of another project are not there. */
  readonly projectId: string | undefined
}

/** One paged list for each family that is asked for. */
export async function observe(
  { api, projectId }: ObserveContext,
  units: readonly string[],
  call: CallOptions,
): Promise<readonly Observation[]> {
  const families = [...new Set(units.map(familyOf))]
  const lists = new Map(
    await Promise.all(
      families.map(async (family) => [family, await settled(api.listAddresses(family, call))] as const),
    ),
  )
  return units.map((unit): Observation => {
    const listed = lists.get(familyOf(unit))
    if (listed === undefined || isProviderError(listed)) return { kind: 'unknown', unit, error: listed ?? unread(unit) }
    const address = listed.items.find((one) => one.unit === unit)
    if (address !== undefined) return isOf(address, projectId) ? found(address) : { kind: 'absent', unit }
    return listed.complete ? { kind: 'absent', unit } : { kind: 'unknown', unit, error: unread(unit) }
  })
}

/** An address that names no project may be of any. */
function isOf({ project }: ReservedAddress, projectId: string | undefined): boolean {
  return projectId === undefined || project === undefined || project === projectId
}

function found({ unit, region, droplet, locked }: ReservedAddress): Observation {
  return {
    kind: 'found',
    unit,
    location: region,
    server: droplet === null ? null : { id: droplet, location: region },
    // `locked` means that an action is under way; it is no lock that somebody has to take off.
    inFlight: locked,
    locked: false,
  }
}

function unread(unit: string): ProviderError {
  const message = `DigitalOcean's list of reserved addresses holds an item that cannot be read, which may be ${unit}.`
  return new ProviderError('Transient', message, { outcome: 'not-applied' })
}
