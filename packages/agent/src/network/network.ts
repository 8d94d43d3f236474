import type { Change } from './change.ts'
import type { NetworkState } from './network-state.ts'

interface Options {
  readonly signal: AbortSignal
}

/** This node's network as a port. Everything rejects with a `CommandError`, an `AnswerError`, or the signal's reason. */
export interface Network {
  read(options: Options): Promise<NetworkState>
  apply(change: Change, options: Options): Promise<void>
  /**
   * Calls `changed` with each change that somebody makes, ours included, as `ip monitor` words it; with an empty text when
   * anything may have changed: it has begun to listen, or has missed something. Rejects when it hears no longer.
   */
  watch(changed: (what: string) => void, options: Options): Promise<never>
}
