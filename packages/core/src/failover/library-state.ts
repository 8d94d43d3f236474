import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { StateStore } from '../ports/state-store.ts'
import type { StatusStore } from '../ports/status-store.ts'
import { untilAborted } from '../routing/deadline.ts'

/** What is stored, as this process last read or wrote it. */
export interface LibraryState {
  readonly statuses: ReadonlyMap<string, FailoverIPStatus>
  /** When changes were sent to the provider, RFC 3339, oldest first. */
  readonly recentOperations: readonly string[]
  /** The engine's store. There is one writer, so that compare-and-swap always succeeds, and nothing needs protection. */
  readonly store: StatusStore
}

/** As many as the widest account window that a provider is likely to have. */
const mostOperations = 1024

/** Reads the store once; `changed` is called after each write. */
export async function openLibraryState(store: StateStore, changed: () => void): Promise<LibraryState> {
  const statuses = new Map(Object.entries(await store.load()))
  const operations = [...statuses.values()]
    .flatMap(({ addresses = [] }) => addresses.flatMap(({ changedAt }) => changedAt ?? []))
    .toSorted()
  return {
    statuses,
    get recentOperations() {
      return [...operations]
    },
    store: {
      save: async ({ key }, status, { signal }) => {
        await untilAborted(signal, store.save(key, status))
        statuses.set(key, status)
        changed()
        return 'written'
      },
      protect: () => Promise.resolve('written'),
      unprotect: () => Promise.resolve('written'),
      noteOperation: (_account, { at }) => {
        operations.push(at)
        operations.splice(0, operations.length - mostOperations)
        changed()
        return Promise.resolve('written')
      },
    },
  }
}
