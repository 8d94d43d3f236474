import type { JsonValue } from '@failover-ip/provider'

/** What this process knows of a call that it made for an operation. Lost with the process, on purpose. */
export interface CallState {
  /**
   * `calling`: on its way. `done`, `pending`: the provider said so. `unknown`: only a read can tell. `refused`: surely
   * without effect. `unsent`: the call was never made.
   */
  readonly state: 'calling' | 'done' | 'pending' | 'unknown' | 'refused' | 'unsent'
  /** Local monotonic milliseconds at which it ended. */
  readonly settledAt: number
  /** Of whose account it was sent, and when: local monotonic milliseconds, which no clock that is set changes. */
  readonly sent?: { readonly owner: string; readonly at: number }
  /** Unix milliseconds at which the provider accepted it. */
  readonly acceptedAt?: number
  readonly providerOperation?: JsonValue
  readonly polledAt?: number
  /** Not to be polled before, because the provider said so: local monotonic milliseconds. */
  readonly pollNotBefore?: number
}
