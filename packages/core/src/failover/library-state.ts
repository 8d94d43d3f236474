import type { Clock } from '@failover-ip/provider'
import type { SentChange } from '../domain/account.ts'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { StateStore } from '../ports/state-store.ts'
import type { StatusStore } from '../ports/status-store.ts'
import { withDeadline } from '../routing/deadline.ts'

/** What is stored, as this process last read or wrote it. */
export interface LibraryState {
  readonly statuses: ReadonlyMap<string, FailoverIPStatus>
  /** Changes that were sent to the provider, oldest first. */
  readonly recentOperations: readonly SentChange[]
  /** The engine's store. There is one writer, so that compare-and-swap always succeeds, and nothing needs protection. */
  readonly store: StatusStore
}

/** As many as the widest account window that a provider is likely to have. */
const mostOperations = 1024

/** Milliseconds. A disk that is far away or busy may take long; one that takes longer is out of order. */
const storeDeadline = 10_000

export interface LibraryStateOptions {
  readonly clock: Clock
  readonly store: StateStore
  readonly signal: AbortSignal
  /** Called after each write. */
  readonly changed: () => void
}

/** Reads the store once. Rejects with what the store rejects with, or with `DeadlineExceededError`. */
export async function openLibraryState({ clock, store, signal, changed }: LibraryStateOptions): Promise<LibraryState> {
  const within = <T>(what: string, scope: AbortSignal, call: () => Promise<T>): Promise<T> =>
    withDeadline({ clock, milliseconds: storeDeadline, signal: scope, what }, call)
  const statuses = new Map(Object.entries(await within('reading the state', signal, () => store.load())))
  const operations = [...statuses.values()]
    .flatMap(({ addresses = [] }) =>
      addresses.flatMap(({ unit, changedAt: at }) => (at === undefined ? [] : { unit, at })),
    )
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))
  return {
    statuses,
    get recentOperations() {
      return [...operations]
    },
    store: {
      save: async ({ key }, status, { signal: scope }) => {
        await within(`storing the state of ${key}`, scope, () => store.save(key, status))
        statuses.set(key, status)
        changed()
        return 'written'
      },
      protect: () => Promise.resolve('written'),
      unprotect: () => Promise.resolve('written'),
      noteOperation: (_account, change) => {
        operations.push(change)
        operations.splice(0, operations.length - mostOperations)
        changed()
        return Promise.resolve('written')
      },
    },
  }
}
