import { isProviderError, ProviderError } from '@failover-ip/provider'
import type { CallOptions, JsonValue, MutationResult, ServerReference } from '@failover-ip/provider'
import { familyOf } from '@failover-ip/provider-kit'
import type { ReservedAddress } from './answers.ts'
import type { DigitalOceanApi } from './digitalocean-api.ts'
import { parseOperation, progressOf } from './operation.ts'
import type { DigitalOceanParameters } from './settings.ts'

export interface ChangeContext {
  readonly api: DigitalOceanApi
  readonly move: DigitalOceanParameters['move']
}

/** Assigns by one action, wherever the address is. What a refusal means is found out by a read. */
export async function assign(
  context: ChangeContext,
  unit: string,
  { id: droplet }: ServerReference,
  call: CallOptions,
): Promise<MutationResult> {
  try {
    return await change(context, unit, droplet, call)
  } catch (error) {
    if (!isRefusal(error)) throw error
    return afterRefusal(context, { unit, droplet, refusal: error }, call)
  }
}

/** Unassigns the address, if it is with this Droplet. */
export async function release(
  context: ChangeContext,
  unit: string,
  { id: droplet }: ServerReference,
  call: CallOptions,
): Promise<MutationResult> {
  const { api } = context
  try {
    const seen = await api.getAddress(unit, call)
    if (seen.droplet !== droplet) return { status: 'done' }
    return await change(context, unit, null, call)
  } catch (error) {
    if (isProviderError(error) && error.code === 'NotFound') return { status: 'done' }
    if (!isRefusal(error)) throw error
    const seen = await api.getAddress(unit, call)
    if (seen.droplet !== droplet) return { status: 'done' }
    throw seen.locked ? busy(unit, error) : error
  }
}

/** An action that DigitalOcean knows no more is `NotFound`: a read of the address resolves it. */
export async function poll({ api }: ChangeContext, value: JsonValue, call: CallOptions): Promise<MutationResult> {
  const operation = parseOperation(value)
  return progressOf(operation, await api.getAction({ id: operation.action, unit: operation.unit }, call))
}

async function change(
  { api }: ChangeContext,
  unit: string,
  droplet: string | null,
  call: CallOptions,
): Promise<MutationResult> {
  if (droplet !== null && !/^[1-9]\d{0,14}$/.test(droplet)) {
    throw new ProviderError('Invalid', `"${droplet.slice(0, 40)}" is no Droplet's identifier.`, {
      outcome: 'not-applied',
    })
  }
  const action = await api.changeAddress(unit, droplet, call)
  return progressOf({ kind: 'digitalocean.action.v1', action: action.id, unit, droplet }, action)
}

/** 422 and 409: DigitalOcean gives them for what is there already, for what is busy, and for what cannot be. */
function isRefusal(error: unknown): error is ProviderError {
  return isProviderError(error) && (error.status === 422 || error.status === 409)
}

interface Refused {
  readonly unit: string
  readonly droplet: string
  readonly refusal: ProviderError
}

async function afterRefusal(context: ChangeContext, refused: Refused, call: CallOptions): Promise<MutationResult> {
  const { unit, droplet, refusal } = refused
  const seen = await context.api.getAddress(unit, call)
  if (seen.locked) throw busy(unit, refusal)
  if (seen.droplet === droplet) return { status: 'done' }
  if (refusal.code === 'Busy') throw refusal
  if (await isDropletBusy(context, droplet, call)) throw busy(`Droplet ${droplet}`, refusal)
  const mayUnassign = context.move === 'tryThenUnassign' && seen.droplet !== null
  if (!mayUnassign || !(await hasRoom(context, seen, droplet, call))) throw refusal
  return unassignAndAssign(context, refused, call)
}

/** The text of a refusal may not tell; the Droplet's own actions do. What cannot be read counts as no. */
async function isDropletBusy({ api }: ChangeContext, droplet: string, call: CallOptions): Promise<boolean> {
  try {
    return await api.isDropletBusy(droplet, call)
  } catch (error) {
    if (!isProviderError(error)) throw error
    return false
  }
}

/** Nothing is unassigned for a target that is gone, off, full or in another region: a move that must fail shall not cost the address. */
async function hasRoom(
  { api }: ChangeContext,
  { unit, region }: ReservedAddress,
  droplet: string,
  call: CallOptions,
): Promise<boolean> {
  const [target, listed] = await Promise.all([api.getDroplet(droplet, call), api.listAddresses(familyOf(unit), call)])
  const isFree = listed.complete && listed.items.every((address) => address.droplet !== droplet)
  return isFree && target.region === region && target.status === 'active'
}

async function unassignAndAssign(
  context: ChangeContext,
  { unit, droplet }: Refused,
  call: CallOptions,
): Promise<MutationResult> {
  const unassigned = await change(context, unit, null, call)
  try {
    if (unassigned.status === 'done') return await change(context, unit, droplet, call)
  } catch (error) {
    throw isProviderError(error) ? afterUnassign(error, unit) : error
  }
  throw new ProviderError('Busy', `${unit} is being unassigned and can be assigned after that.`, {
    outcome: 'unknown',
    retryAfterSeconds: 1,
  })
}

/** The first half was applied: whatever the second half failed with, only a read can tell where the address is. */
function afterUnassign(error: ProviderError, unit: string): ProviderError {
  const { code, message, retryAfterSeconds, status } = error
  return new ProviderError(code, `${unit} was unassigned and could not be assigned: ${message}`, {
    outcome: 'unknown',
    cause: error,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(status === undefined ? {} : { status }),
  })
}

function busy(what: string, cause: ProviderError): ProviderError {
  return new ProviderError('Busy', `DigitalOcean is at work on ${what}: ${cause.message}`, {
    outcome: 'not-applied',
    cause,
    ...(cause.status === undefined ? {} : { status: cause.status }),
  })
}
