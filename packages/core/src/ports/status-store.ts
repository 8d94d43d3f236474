import type { FailoverIPStatus } from '../domain/failover-ip.ts'

/**
 * - `written`: stored; the next input shows it. - `conflict`: the object has changed since the input was made; the next
 * input shows how. - `gone`: it does not exist any more, or another of its name does. - `resting`: it can wait, and does; the store asks for
 * it again by a new input.
 */
export type StoreResult = 'written' | 'conflict' | 'gone' | 'resting'

export interface StoreTarget {
  readonly key: string
  readonly uid: string
}

/**
 * Where status lives: the only authority. Writes are compare-and-swap against what the engine was last given or wrote;
 * a rejection means that it is not known whether it was written.
 */
export interface StatusStore {
  /** Replaces the status. */
  save(target: StoreTarget, status: FailoverIPStatus, options: { readonly signal: AbortSignal }): Promise<StoreResult>
  /** Keeps the object from vanishing before `unprotect` (a finalizer). */
  protect(target: StoreTarget, options: { readonly signal: AbortSignal }): Promise<StoreResult>
  unprotect(target: StoreTarget, options: { readonly signal: AbortSignal }): Promise<StoreResult>
  /** Notes a change that is about to be sent, for accounts with windows or cool-downs. */
  noteOperation?(
    account: string,
    operation: { readonly unit: string; readonly at: string },
    options: { readonly signal: AbortSignal },
  ): Promise<StoreResult>
}
