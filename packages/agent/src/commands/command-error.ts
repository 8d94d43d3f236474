/**
 * `CommandMissing`: the program is not installed. `CommandTimedOut`: it was ended at its deadline. `OutputTooLarge`: it
 * was ended because it said more than it may. `CommandFailed`: it ended with another code than 0, `stderr` says why.
 */
export type CommandErrorCode = 'CommandMissing' | 'CommandTimedOut' | 'OutputTooLarge' | 'CommandFailed'

export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  readonly code: CommandErrorCode
  readonly command: readonly string[]
  /** Its last words, at most 4 KiB. */
  readonly stderr: string

  constructor(code: CommandErrorCode, command: readonly string[], stderr: string, cause?: unknown) {
    super(`"${command.join(' ')}" ${endings[code]}${stderr === '' ? '' : `: ${stderr}`}`, { cause })
    this.code = code
    this.command = command
    this.stderr = stderr
  }
}

const endings: Readonly<Record<CommandErrorCode, string>> = {
  CommandMissing: 'could not be started; the program must be installed',
  CommandTimedOut: 'did not end in time',
  OutputTooLarge: 'said more than it may',
  CommandFailed: 'failed',
}
