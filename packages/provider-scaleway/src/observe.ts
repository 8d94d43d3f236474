import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { CallOptions, Observation } from '@failover-ip/provider'
import { settled } from '@failover-ip/provider-kit'
import type { AddressBook } from './address-book.ts'
import type { Ip } from './answers.ts'
import type { Listed } from '@failover-ip/provider-kit'
import type { InstanceApi } from './instance-api.ts'

interface ZoneRead {
  readonly zone: string
  readonly result: Listed<Ip> | ProviderError
}

export interface ObserveContext {
  readonly api: InstanceApi
  readonly book: AddressBook
  /** Where to look when it is not known where a unit is. */
  readonly zones: readonly string[]
}

/**
 * One paged list per zone: of the zones where the units were seen last, and of all when one was never seen or is not there. A unit is absent when every zone was read whole and none has it.
 */
export async function observe(
  { api, book, zones }: ObserveContext,
  units: readonly string[],
  call: CallOptions,
): Promise<readonly Observation[]> {
  if (units.length === 0) return []
  const homes = units.flatMap((unit) => book.get(unit)?.zone ?? [])
  // All at once where one is needed, so that a zone that hangs leaves the time for none of the others.
  const known = new Set(homes.length === units.length ? homes : [...homes, ...zones])
  const first = await readZones(api, [...known], call)
  const isComplete = units.every((unit) => isSettled(first, book, unit))
  const rest = isComplete ? [] : zones.filter((zone) => !known.has(zone))
  const reads = [...first, ...(await readZones(api, rest, call))]
  return units.map((unit): Observation => {
    const place = locate(reads, unit)
    if (place !== undefined) {
      book.put(unit, { zone: place.zone, id: place.ip.id })
      return found(place.zone, place.ip)
    }
    const error = doubt(reads)
    if (error !== undefined) return { kind: 'unknown', unit, error }
    book.forget(unit)
    return { kind: 'absent', unit }
  })
}

/** Whether there is nothing more to learn of a unit: it was found, or the zone that has it could not be read. */
function isSettled(reads: readonly ZoneRead[], book: AddressBook, unit: string): boolean {
  const home = book.get(unit)?.zone
  const failed = reads.some(({ zone, result }) => zone === home && isProviderError(result))
  return failed || locate(reads, unit) !== undefined
}

function readZones(api: InstanceApi, zones: readonly string[], call: CallOptions): Promise<readonly ZoneRead[]> {
  return Promise.all(
    zones.map(async (zone): Promise<ZoneRead> => ({ zone, result: await settled(api.listIps(zone, call)) })),
  )
}

function locate(reads: readonly ZoneRead[], unit: string): { readonly zone: string; readonly ip: Ip } | undefined {
  for (const { zone, result } of reads) {
    const ip = isProviderError(result) ? undefined : result.items.find((one) => one.unit === unit)
    if (ip !== undefined) return { zone, ip }
  }
  return undefined
}

/** Why a unit that was not found may exist all the same. */
function doubt(reads: readonly ZoneRead[]): ProviderError | undefined {
  for (const { zone, result } of reads) {
    if (isProviderError(result)) return result
    if (!result.complete) {
      const message = `Scaleway's list of addresses in ${zone} holds an item that cannot be read, which may be this one.`
      return new ProviderError('Transient', message, { outcome: 'not-applied' })
    }
  }
  return undefined
}

/** The state `error` does not say where packets go, so that the server counts; a state that is new is not guessed. */
function found(zone: string, { unit, server, state }: Ip): Observation {
  if (!['attached', 'detached', 'pending', 'error'].includes(state)) {
    const message = `Scaleway says that ${unit} in ${zone} is in state "${state.slice(0, 40)}", which is not known here.`
    return { kind: 'unknown', unit, error: new ProviderError('Transient', message, { outcome: 'not-applied' }) }
  }
  return {
    kind: 'found',
    unit,
    location: zone,
    server: server === null ? null : { id: server, location: zone },
    inFlight: state === 'pending',
    locked: false,
  }
}
