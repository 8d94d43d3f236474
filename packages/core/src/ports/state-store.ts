import type { FailoverIPStatus } from '../domain/failover-ip.ts'

/**
 * Where the library form keeps its state; all that it asks of its surroundings. One process uses a store at a time. What
 * `save` was told has to survive the process, or an address may be moved twice after a crash.
 */
export interface StateStore {
  /** All that was saved, by the FailoverIP's name; empty at first. Validated: rejects rather than giving half of it. */
  load(): Promise<Readonly<Record<string, FailoverIPStatus>>>
  /**
   * Resolves once the status is durable. A rejection means that it is not known whether it is, and so does silence: after
   * 10 s it is saved again, and of several saves of one key the latest has to win, whenever they end.
   */
  save(key: string, status: FailoverIPStatus): Promise<void>
}
