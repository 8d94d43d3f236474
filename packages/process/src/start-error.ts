/** The process cannot start. The message is a sentence for whoever started it. */
export class StartError extends Error {
  override readonly name: string = 'StartError'
  readonly code = 'CannotStart' as const
}
