/** A program answered with something that cannot be read. The cause says what. */
export class AnswerError extends Error {
  override readonly name: string = 'AnswerError'
  readonly code = 'AnswerUnreadable' as const

  constructor(command: readonly string[], cause: unknown) {
    super(`The answer of "${command.join(' ')}" cannot be read; another version of it may be needed.`, { cause })
  }
}
