/** Something that the suites need and cannot get by themselves. Its message is one sentence for the person at the terminal. */
export class MissingError extends Error {
  readonly code = 'Missing'

  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'MissingError'
  }
}
