import type { Change } from './change.ts'
import type { NetworkState } from './network-state.ts'

interface Options {
  readonly signal: AbortSignal
}

export interface ChangeFailure {
  readonly change: Change
  readonly error: unknown
}

/** This node's network as a port. Everything rejects with the signal's reason when that is aborted. */
export interface Network {
  /** Rejects with a `CommandError` or an `AnswerError` when it cannot be known. */
  read(options: Options): Promise<NetworkState>
  /** Makes the changes in their order and resolves with those that failed; they stop no others. */
  apply(changes: readonly Change[], options: Options): Promise<readonly ChangeFailure[]>
  /**
   * Calls `changed` with each change that somebody makes, ours included, as `ip monitor` words it; with an empty text when
   * anything may have changed: it has begun to listen, or has missed something. Rejects when it hears no longer.
   */
  watch(changed: (what: string) => void, options: Options): Promise<never>
}
