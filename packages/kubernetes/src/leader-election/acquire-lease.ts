import type { Clock } from '@failover-ip/provider'
import { isApiError } from '../client/api-error.ts'
import type { KubernetesObject } from '../client/kubernetes-object.ts'
import { retryJitter } from './leader-election-timing.ts'
import { isReleased, readLease, type LeaseRecord } from './lease-record.ts'
import type { HeldLease, LeaseCall, LeaseStore } from './lease-store.ts'

export interface AcquireOptions {
  readonly store: LeaseStore
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly identity: string
  readonly signal: AbortSignal
  /** This process has held the lease before: if there is none now, it was deleted, and somebody may believe in it. */
  readonly heldBefore: boolean
  readonly onHolder: (holder: string | undefined) => void
  /** The lease was read, and written if that was due. */
  readonly onAnswer: () => void
  readonly onTrouble: (error: unknown) => void
}

/** What was last seen, and when by the local monotonic clock: nobody's wall clock decides. */
interface Observation {
  readonly fingerprint: string
  readonly since: number
  readonly record: LeaseRecord | undefined
}

const absent = 'absent'
/** A foreign lease is waited for at most this long, whatever duration it names. */
const longestDuration = 60_000
const callDeadline = 1000
/** So that a timer that fires a little early is not asked for again and again. */
const shortestPause = 1
/** How far from a renewal it is looked for, as a share of the retry period. */
const closeness = 0.2

/** Stands until the lease is ours. Rejects with the signal's reason alone. */
export async function acquireLease(options: AcquireOptions): Promise<HeldLease> {
  const { store, clock, signal } = options
  let observation: Observation | undefined
  let freshConnection = false
  for (;;) {
    signal.throwIfAborted()
    const call = { signal, deadline: callDeadline, freshConnection }
    try {
      const lease = await store.read(call)
      observation = observe(observation, lease, options)
      const held = await claim(options, observation, lease, call)
      options.onAnswer()
      if (held !== undefined) return held
      freshConnection = false
    } catch (error) {
      signal.throwIfAborted()
      // Another candidate was faster: no trouble.
      const lostRace = isApiError(error, 'Conflict') || isApiError(error, 'AlreadyExists')
      if (!lostRace) options.onTrouble(error)
      freshConnection = !lostRace
    }
    await clock.sleep(pause(options, observation), { signal })
  }
}

/**
 * Until the lease runs out, if that is soon: who comes by chance comes half a retry period late. The same holds for the
 * renewals, as what was seen late is respected for longer: looks come just before the next one is due, then, and just
 * after, so that the first of them draws nearer to it from one renewal to the next.
 */
function pause({ store, clock, random }: AcquireOptions, observation: Observation | undefined): number {
  const { retryPeriod, renewInterval } = store.timing
  const usual = retryPeriod * (1 + random() * retryJitter)
  if (observation === undefined) return usual
  const age = clock.monotonic() - observation.since
  const due = [-1, 0, 1].map((near) => renewInterval + near * retryPeriod * closeness)
  const ahead = [...due, patience(store, observation.record)].filter((time) => time > age)
  return Math.max(shortestPause, Math.min(usual, ...ahead.map((time) => time - age)))
}

function observe(
  last: Observation | undefined,
  lease: KubernetesObject | undefined,
  { clock, heldBefore, onHolder }: AcquireOptions,
): Observation {
  const record = lease === undefined ? undefined : readLease(lease)
  const fingerprint = record?.fingerprint ?? absent
  if (last?.fingerprint === fingerprint) return last
  if (last === undefined || last.record?.holder !== record?.holder) onHolder(record?.holder)
  // A lease that vanished was somebody's: what it promised still holds. One that never was holds nobody back. A
  // process that starts in the second after a deletion cannot tell; the old leader gives way at its next renewal.
  const neverWas = last === undefined && record === undefined && !heldBefore
  return { fingerprint, since: neverWas ? Number.NEGATIVE_INFINITY : clock.monotonic(), record }
}

async function claim(
  { store, clock, identity }: AcquireOptions,
  { record, since }: Observation,
  lease: KubernetesObject | undefined,
  call: LeaseCall,
): Promise<HeldLease | undefined> {
  const expired = clock.monotonic() - since >= patience(store, record)
  if (lease === undefined || record === undefined) {
    return expired ? store.create({ ...call, transitions: 0 }) : undefined
  }
  const ours = record.holder === identity
  if (!ours && !expired && !isReleased(record)) return undefined
  return store.take(lease, { ...call, transitions: record.transitions + (ours ? 0 : 1) })
}

/** Milliseconds that an unchanged lease is respected. */
function patience({ timing }: LeaseStore, record: LeaseRecord | undefined): number {
  return Math.max(timing.leaseDuration, Math.min(record?.duration ?? 0, longestDuration))
}
