/**
 * Time as a port. Production hands in the system's clock, tests and the simulation a virtual one; nothing in this
 * project reads time in any other way.
 */
export interface Clock {
  /** Wall time in milliseconds since the Unix epoch. May jump; use it only for what is shown or stored. */
  now(): number
  /** Milliseconds since an arbitrary start. Never goes back; use it for every wait and deadline. */
  monotonic(): number
  /** Resolves after `milliseconds`. Rejects with the signal's reason as soon as the signal is aborted. */
  sleep(milliseconds: number, options?: { readonly signal?: AbortSignal }): Promise<void>
}
