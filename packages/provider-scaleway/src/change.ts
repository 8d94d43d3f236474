import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { CallOptions, Clock, JsonValue, MutationResult, ServerReference } from '@failover-ip/provider'
import { familyOf } from '@failover-ip/provider-kit'
import type { AddressBook } from './address-book.ts'
import { capabilities } from './capabilities.ts'
import type { InstanceApi, IpReference } from './instance-api.ts'
import { parseOperation, progressOf } from './operation.ts'
import { Refusal } from './refusal.ts'
import type { ScalewayParameters } from './settings.ts'

export interface ChangeContext {
  readonly api: InstanceApi
  readonly book: AddressBook
  readonly clock: Clock
  readonly move: ScalewayParameters['move']
}

/** Attaches the unit. By one call; when that is refused although nothing speaks against it, by detach and attach. */
export async function assign(
  context: ChangeContext,
  unit: string,
  server: ServerReference,
  call: CallOptions,
): Promise<MutationResult> {
  const reference = await refer(context, unit, server.location, call)
  if (context.move === 'releaseFirst') return releaseAndAttach(context, reference, server, call)
  try {
    return await update(context, reference, server.id, call)
  } catch (error) {
    if (!mayNeedRelease(error)) throw error
    return releaseAndAttach(context, reference, server, call, error)
  }
}

/** Detaches the unit, if it is with this server. */
export async function release(
  context: ChangeContext,
  unit: string,
  server: ServerReference,
  call: CallOptions,
): Promise<MutationResult> {
  try {
    const reference = await refer(context, unit, server.location, call)
    const seen = await context.api.getIp(reference, call)
    return seen.server === server.id ? await update(context, reference, null, call) : { status: 'done' }
  } catch (error) {
    if (isProviderError(error) && error.code === 'NotFound') return { status: 'done' }
    throw error
  }
}

export async function poll(
  { api, clock }: ChangeContext,
  value: JsonValue,
  call: CallOptions,
): Promise<MutationResult> {
  const operation = parseOperation(value)
  return progressOf(operation, await api.getIp(operation, call), clock.now())
}

async function update(
  { api, book, clock }: ChangeContext,
  reference: IpReference,
  server: string | null,
  call: CallOptions,
): Promise<MutationResult> {
  const sentAt = clock.now()
  try {
    const ip = await api.updateIp({ ...reference, server }, call)
    return progressOf({ kind: 'scaleway.updateIp.v1', ...reference, server, sentAt }, ip, sentAt)
  } catch (error) {
    if (isProviderError(error) && error.code === 'NotFound') book.forget(reference.unit)
    throw error
  }
}

/** How a path names the unit: IPv4 by the address itself, a prefix only by its identifier. */
async function refer(
  { api, book }: ChangeContext,
  unit: string,
  zone: string,
  call: CallOptions,
): Promise<IpReference> {
  if (familyOf(unit) === 'ipv4') return { zone, unit, ip: unit.slice(0, unit.indexOf('/')) }
  const entry = book.get(unit)
  if (entry?.zone === zone) return { zone, unit, ip: entry.id }
  const { items, complete } = await api.listIps(zone, call)
  const ip = items.find((one) => one.unit === unit)
  if (ip !== undefined) {
    book.put(unit, { zone, id: ip.id })
    return { zone, unit, ip: ip.id }
  }
  if (!complete) {
    const message = `Scaleway's list of addresses in ${zone} holds an item that cannot be read, which may be ${unit}.`
    throw new ProviderError('Transient', message, { outcome: 'not-applied' })
  }
  const message = `Scaleway has no ${unit} in ${zone}. Check its zone, and the project of the Secret.`
  throw new ProviderError('NotFound', message, { outcome: 'not-applied' })
}

/** A refusal of a form that "detach it first" could take; what a busy, full, missing or forbidden target gets is none. */
function mayNeedRelease(error: unknown): error is Refusal {
  if (!(error instanceof Refusal)) return false
  return (error.code === 'Invalid' || error.code === 'Conflict') && error.type !== 'quotas_exceeded'
}

/**
 * The move in two steps. Nothing is detached before it is read that the unit is elsewhere and that the target exists, is
 * not locked and has a free slot: a move that must fail shall not cost the address.
 */
async function releaseAndAttach(
  context: ChangeContext,
  reference: IpReference,
  server: ServerReference,
  call: CallOptions,
  refusal?: Refusal,
): Promise<MutationResult> {
  const { api } = context
  const { zone, unit } = reference
  const [seen, target] = await Promise.all([api.getIp(reference, call), api.getServer({ zone, id: server.id }, call)])
  if (seen.server === server.id && seen.state === 'attached') return { status: 'done' }
  if (seen.server === null || seen.server === server.id) {
    if (refusal !== undefined) throw refusal
    return update(context, reference, server.id, call)
  }
  const slots = capabilities.slotsPerServer ?? Infinity
  const used = target.units?.length
  if (target.state === 'locked' || used === undefined || used >= slots) {
    if (refusal !== undefined) throw refusal
    const why =
      target.state === 'locked'
        ? 'is locked'
        : used === undefined
          ? 'does not show what it carries'
          : `carries ${slots} addresses already`
    throw new ProviderError('Invalid', `Instance ${server.id} in ${zone} ${why}; ${unit} stays where it is.`, {
      outcome: 'not-applied',
    })
  }
  const released = await update(context, reference, null, call)
  try {
    if (released.status === 'done') return await update(context, reference, server.id, call)
  } catch (error) {
    throw isProviderError(error) ? afterRelease(error, unit) : error
  }
  throw new ProviderError('Busy', `${unit} in ${zone} is being detached and can be attached after that.`, {
    outcome: 'unknown',
    retryAfterSeconds: 1,
  })
}

/** The first half was applied: whatever the second half failed with, only a read can tell where the unit is. */
function afterRelease(error: ProviderError, unit: string): ProviderError {
  const { code, message, retryAfterSeconds, status } = error
  return new ProviderError(code, `${unit} was detached and could not be attached: ${message}`, {
    outcome: 'unknown',
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(status === undefined ? {} : { status }),
  })
}
