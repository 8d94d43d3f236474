import { withDeadline } from '@failover-ip/core'
import { acquireLease } from './acquire-lease.ts'
import { keepLease } from './keep-lease.ts'
import { readLease } from './lease-record.ts'
import { createLeaseStore, type HeldLease, type LeaseOptions } from './lease-store.ts'

export interface LeaderElectionOptions extends LeaseOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly onEvent?: (event: LeaderElectionEvent) => void
  /** Milliseconds that the leader's scope has to end after leadership was lost. Default 5000. */
  readonly scopeDeadline?: number
  /** Milliseconds that the leader's scope has to end after a stop was asked for. Default 20 000. */
  readonly stopDeadline?: number
}

export type LeaderElectionEvent =
  | { readonly type: 'leading'; readonly transitions: number }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'released' }
  /** Somebody else leads, or nobody. */
  | { readonly type: 'holder'; readonly holder: string | undefined }
  /** Calls to the API fail; told once until one succeeds. */
  | { readonly type: 'trouble'; readonly error: unknown }
  /** They succeed again. */
  | { readonly type: 'recovered' }

/** What a leader may do, and how long. */
export interface LeaderScope {
  /** Aborted when leadership is lost (`LeadershipLostError`) or a stop was asked for (its reason). */
  readonly signal: AbortSignal
  /**
   * True while leading by the local monotonic clock. Ask it in the same tick as the send of a mutation. A lease does
   * not fence: what is sent may still arrive after another has taken over.
   */
  isLeader(): boolean
  /** How often the lease had changed hands when this term began. */
  readonly transitions: number
}

export interface LeaderElection {
  isLeader(): boolean
  /** For the metric `leader_election_master_status`. */
  readonly masterStatus: 0 | 1
  /**
   * Stands for election, calls `lead` for each term, and stands again when it was lost. When the signal is aborted,
   * the term's scope may finish while the lease is still renewed; then the lease is released, so that the next leader
   * need not wait, and `run` resolves; also when `lead` resolves by itself. Rejects with what `lead` rejects with, or
   * with `ScopeDidNotEndError`, upon which the process has to exit.
   */
  run(signal: AbortSignal, lead: (scope: LeaderScope) => Promise<void>): Promise<void>
}

export class LeadershipLostError extends Error {
  override readonly name: string = 'LeadershipLostError'
}

/** Work of a past term may still be running: only the end of the process ends it for sure. */
export class ScopeDidNotEndError extends Error {
  override readonly name: string = 'ScopeDidNotEndError'
}

const defaultScopeDeadline = 5000
const defaultStopDeadline = 20_000
const releaseDeadline = 1000

/**
 * Elects one leader by a Lease. A leader stops believing in itself before anybody else may take the lease; both count
 * on their own monotonic clocks from moments that they saw themselves.
 *
 * @example
 * const election = createLeaderElection({ client, clock, random, namespace: 'failover-ip', name: 'scaleway', identity })
 * await election.run(signal, async (scope) => reconcileUntil(scope.signal, scope.isLeader))
 */
export function createLeaderElection(options: LeaderElectionOptions): LeaderElection {
  const { clock, random, identity } = options
  const store = createLeaseStore(options)
  let held: HeldLease | undefined
  let inTrouble = false

  const isLeader = (): boolean => held !== undefined && clock.monotonic() < held.renewedAt + store.timing.renewDeadline
  const tell = (event: LeaderElectionEvent): void => options.onEvent?.(event)
  const onTrouble = (error: unknown): void => {
    if (!inTrouble) tell({ type: 'trouble', error })
    inTrouble = true
  }
  const onAnswer = (): void => {
    if (inTrouble) tell({ type: 'recovered' })
    inTrouble = false
  }
  const hold = (lease: HeldLease): void => {
    held = lease
    onAnswer()
  }

  const release = async (): Promise<void> => {
    const lease = held?.lease
    const valid = isLeader()
    held = undefined
    if (lease === undefined || !valid) return
    const { signal } = new AbortController()
    try {
      const released = await store.release(lease, { signal, deadline: releaseDeadline, freshConnection: false })
      if (released) tell({ type: 'released' })
    } catch (error) {
      // The others wait for the lease to run out; nothing is lost but time.
      onTrouble(error)
    }
  }

  /** Renews while `leading` runs; true when the lease was lost, false when the work ended first. */
  const keepWhile = async (first: HeldLease, leading: Promise<void>, scope: AbortController): Promise<boolean> => {
    const renewing = new AbortController()
    const kept = keepLease(first, { store, clock, identity, signal: renewing.signal, onRenewed: hold, onTrouble })
    const lost = kept.then(
      (reason) => {
        held = undefined
        tell({ type: 'lost', reason })
        scope.abort(new LeadershipLostError(`leadership was lost: ${reason}`))
        return true
      },
      () => false,
    )
    try {
      return await Promise.race([lost, leading.then(() => false)])
    } finally {
      renewing.abort()
    }
  }

  const endScope = async (leading: Promise<void>, milliseconds: number): Promise<void> => {
    const { signal } = new AbortController()
    const what = "the leader's work"
    await withDeadline({ clock, milliseconds, signal, what }, () => leading.catch(() => undefined)).catch(() => {
      throw new ScopeDidNotEndError(`the leader's work did not end within ${milliseconds} ms after it was told to`)
    })
  }

  /** True when leadership was lost and may be sought again. */
  const leadTerm = async (
    first: HeldLease,
    signal: AbortSignal,
    lead: (scope: LeaderScope) => Promise<void>,
  ): Promise<boolean> => {
    hold(first)
    const { transitions } = readLease(first.lease)
    tell({ type: 'leading', transitions })
    const scope = new AbortController()
    const stop = (): void => scope.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const stopDeadline = options.stopDeadline ?? defaultStopDeadline
    try {
      const leading = Promise.resolve({ signal: scope.signal, isLeader, transitions }).then(lead)
      const bounded = Promise.race([leading, afterAbort(signal).then(() => endScope(leading, stopDeadline))])
      const lost = await keepWhile(first, bounded, scope)
      if (lost) await endScope(leading, options.scopeDeadline ?? defaultScopeDeadline)
      await release()
      return lost
    } catch (error) {
      scope.abort(error)
      // Work that did not end must not run beside the next leader's: then the lease runs out by itself.
      if (!(error instanceof ScopeDidNotEndError)) await release()
      throw error
    } finally {
      held = undefined
      signal.removeEventListener('abort', stop)
    }
  }

  return {
    isLeader,
    get masterStatus() {
      return isLeader() ? 1 : 0
    },
    run: async (signal, lead) => {
      const onHolder = (holder: string | undefined): void => tell({ type: 'holder', holder })
      const standing = { store, clock, random, identity, signal, onHolder, onAnswer, onTrouble }
      for (let heldBefore = false; !signal.aborted; heldBefore = true) {
        const first = await acquireLease({ ...standing, heldBefore }).catch(() => undefined)
        if (first !== undefined && !(await leadTerm(first, signal, lead))) return
      }
    },
  }
}

/** Resolves when the signal is aborted. */
function afterAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
