/**
 * `StateUnreadable`, `StateUnwritable`: the file system refuses. `StateCorrupted`: the file holds something else.
 * `StateTooLarge`: more than a state can be. `StateTaken`: another process has written it.
 */
export type StateFileErrorCode =
  | 'StateUnreadable'
  | 'StateUnwritable'
  | 'StateCorrupted'
  | 'StateTooLarge'
  | 'StateTaken'

/** The state cannot be read or written. The message says what to do. */
export class StateFileError extends Error {
  override readonly name: string = 'StateFileError'
  readonly code: StateFileErrorCode
  readonly path: string

  constructor(code: StateFileErrorCode, path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.path = path
  }
}
