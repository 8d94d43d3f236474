/** Why a trial run does not begin, or cannot go on: one sentence for the user. */
export class LiveError extends Error {
  override readonly name: string = 'LiveError'
  readonly code = 'LiveTrialRefused' as const
}
