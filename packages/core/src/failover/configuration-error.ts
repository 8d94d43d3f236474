/** What was given to `createFailover` is wrong: a mistake of its caller, shown before anything is done. */
export class ConfigurationError extends Error {
  override readonly name: string = 'ConfigurationError'
  readonly code = 'InvalidConfiguration' as const
  /** One sentence each, naming the field. */
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The failover configuration is wrong: ${problems.join('; ')}.`)
    this.problems = problems
  }
}
