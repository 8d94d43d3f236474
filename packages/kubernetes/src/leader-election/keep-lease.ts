import type { Clock } from '@failover-ip/provider'
import { isApiError } from '../client/api-error.ts'
import { withDeadline } from '@failover-ip/core'
import { readLease } from './lease-record.ts'
import type { HeldLease, LeaseCall, LeaseStore } from './lease-store.ts'

export interface KeepOptions {
  readonly store: LeaseStore
  readonly clock: Clock
  readonly identity: string
  readonly signal: AbortSignal
  /** Told after each renewal. */
  readonly onRenewed: (held: HeldLease) => void
  readonly onTrouble: (error: unknown) => void
}

const callDeadline = 1000

/**
 * Renews a lease until it is lost, and then says why in a sentence. At the latest it returns when the renew deadline
 * has passed since the last renewal was sent. Rejects with the signal's reason alone.
 */
export async function keepLease(first: HeldLease, options: KeepOptions): Promise<string> {
  const { store, clock, signal } = options
  const { renewDeadline, renewInterval, retryPeriod } = store.timing
  let held = first
  let failing = false
  let startedAt = held.renewedAt
  for (;;) {
    const next = failing ? startedAt + retryPeriod : held.renewedAt + renewInterval
    const end = held.renewedAt + renewDeadline
    await sleepUntil(clock, Math.min(next, end), signal)
    startedAt = clock.monotonic()
    if (startedAt >= end) return `it could not be renewed for ${renewDeadline} ms`
    const result = await renewUntil(end, held, options, failing)
    if (typeof result === 'string') return result
    failing = result === undefined
    if (result === undefined) continue
    held = result
    options.onRenewed(held)
  }
}

async function renewUntil(
  end: number,
  held: HeldLease,
  options: KeepOptions,
  freshConnection: boolean,
): Promise<HeldLease | string | undefined> {
  const { clock, signal } = options
  const milliseconds = end - clock.monotonic()
  const deadline = Math.min(callDeadline, milliseconds)
  const attempt = withDeadline({ clock, milliseconds, signal, what: 'renewing the lease' }, (bounded) =>
    renew(held, options, { signal: bounded, deadline, freshConnection }),
  )
  return attempt.catch(() => {
    signal.throwIfAborted()
    return undefined
  })
}

/** Gives the renewed lease, a sentence when it belongs to somebody else now, or undefined when nothing is known. */
async function renew(held: HeldLease, options: KeepOptions, call: LeaseCall): Promise<HeldLease | string | undefined> {
  const { store } = options
  try {
    return await store.renew(held.lease, call)
  } catch (error) {
    call.signal.throwIfAborted()
    const changed = isApiError(error, 'Conflict') || isApiError(error, 'NotFound')
    if (!changed) options.onTrouble(error)
    return changed ? reconsider(held, options, call) : undefined
  }
}

/** The lease is not as we left it: an earlier renewal without an answer, a label, a deletion, or another leader. */
async function reconsider(
  held: HeldLease,
  { store, identity, onTrouble }: KeepOptions,
  call: LeaseCall,
): Promise<HeldLease | string | undefined> {
  try {
    const lease = await store.read(call)
    if (lease === undefined) return await store.create({ ...call, transitions: readLease(held.lease).transitions })
    const { holder } = readLease(lease)
    if (holder !== identity) return holder === undefined ? 'its holder was cleared' : `it is held by ${holder}`
    const sentAt = store.sentAt(lease)
    const renewed = sentAt !== undefined && sentAt > held.renewedAt
    return renewed ? { lease, renewedAt: sentAt } : await store.renew(lease, call)
  } catch (error) {
    call.signal.throwIfAborted()
    onTrouble(error)
    return undefined
  }
}

async function sleepUntil(clock: Clock, time: number, signal: AbortSignal): Promise<void> {
  const rest = time - clock.monotonic()
  if (rest > 0) await clock.sleep(rest, { signal })
  signal.throwIfAborted()
}
