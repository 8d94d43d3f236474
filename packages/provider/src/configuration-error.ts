/** What a function was given is wrong: a mistake of its caller, shown before anything is done. */
export class ConfigurationError extends Error {
  override readonly name: string = 'ConfigurationError'
  readonly code = 'InvalidConfiguration' as const
  /** A sentence without its full stop each, naming the field. No value of a credential is repeated. */
  readonly problems: readonly string[]

  /** @param of what was called, like `createFailover` */
  constructor(of: string, problems: readonly string[]) {
    super(`${of} cannot work with what it was given: ${problems.join('; ')}.`)
    this.problems = problems
  }
}
