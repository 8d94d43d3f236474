/** The command was called in a way that cannot be carried out; the message says how it is right. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
  readonly code = 'Usage' as const
}
