import { ProviderError } from '@failover-ip/provider'
import type { CallOptions, Clock } from '@failover-ip/provider'
import { canonicalUnit, familyOf, withDeadline } from '@failover-ip/provider-kit'
import type { AddressBook } from './address-book.ts'
import type { InstanceApi, IpReference } from './instance-api.ts'
import type { IpamApi } from './ipam-api.ts'
import { capabilities } from './capabilities.ts'
import type { ReverseNames } from './settings.ts'

export interface NamingContext {
  readonly api: InstanceApi
  readonly ipam: IpamApi
  readonly book: AddressBook
  readonly clock: Clock
  readonly names: ReverseNames
  readonly warn: ((message: string) => void) | undefined
}

/** Of all its requests together. */
const milliseconds = 10_000

/**
 * Writes the wanted names of a unit into the reverse DNS, where they differ. The address serves without them, so that a
 * failure is told and nothing else; the next assignment tries again. Rejects for none, and ends with the signal.
 */
export async function nameUnit(
  context: NamingContext,
  { unit, zone }: { readonly unit: string; readonly zone: string },
  { signal }: CallOptions,
): Promise<void> {
  const wanted = wantedNames(context.names, unit)
  if (wanted.size === 0) return
  try {
    const deadline = { clock: context.clock, signal, milliseconds, what: 'Scaleway' }
    await withDeadline(deadline, (call) => writeNames(context, { unit, zone, wanted }, call))
  } catch (error) {
    if (signal.aborted) return
    const why = error instanceof Error ? error.message : 'unknown'
    context.warn?.(`${unit} was assigned, and its name in the reverse DNS could not be written: ${why}`)
  }
}

/** Host name by address, of the addresses that lie in the unit. */
function wantedNames(names: ReverseNames, unit: string): ReadonlyMap<string, string> {
  const length = capabilities.unitPrefixLength[familyOf(unit)]
  return new Map(Object.entries(names).filter(([address]) => canonicalUnit(`${address}/${length}`) === unit))
}

async function writeNames(
  { api, ipam, book }: NamingContext,
  {
    unit,
    zone,
    wanted,
  }: { readonly unit: string; readonly zone: string; readonly wanted: ReadonlyMap<string, string> },
  call: CallOptions,
): Promise<void> {
  const [address = ''] = unit.split('/')
  if (familyOf(unit) === 'ipv4') {
    const reference: IpReference = { zone, unit, ip: address }
    const reverse = wanted.get(address) ?? ''
    const { reverse: current } = await api.getIp(reference, call)
    if (!isSame(current ?? '', reverse)) await api.nameIp({ ...reference, reverse }, call)
    return
  }
  const entry = book.get(unit)
  const ip =
    entry === undefined
      ? (await api.listIps(zone, call)).items.find((one) => one.unit === unit)
      : await api.getIp({ zone, unit, ip: entry.id }, call)
  const ipamId = ip?.ipamId
  if (ipamId === undefined) {
    throw new ProviderError('NotFound', `Scaleway does not say under which identifier IPAM knows ${unit}.`, {
      outcome: 'not-applied',
    })
  }
  const reference = { zone, unit, ipamId }
  const current = await ipam.reverseNames(reference, call)
  const nameAt = new Map(current.map(({ address: at, hostname }) => [addressOf(at), hostname]))
  if ([...wanted].every(([at, hostname]) => isSame(nameAt.get(at) ?? '', hostname))) return
  const others = current.filter(({ address: at }) => !wanted.has(addressOf(at)))
  const reverses = [...others, ...[...wanted].map(([at, hostname]) => ({ address: at, hostname }))]
  await ipam.setReverseNames({ ...reference, reverses }, call)
}

/** An address as `reverseNames` writes it. */
function addressOf(text: string): string {
  return canonicalUnit(text)?.split('/')[0] ?? text
}

/** A name is the same with a dot at its end, and in capitals. */
function isSame(a: string, b: string): boolean {
  const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '')
  return plain(a) === plain(b)
}
