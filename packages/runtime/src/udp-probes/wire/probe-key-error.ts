export type ProbeKeyErrorCode = 'ProbeKeyTooShort' | 'ProbeKeysEqual'

/** A key for probes cannot be used. Never says anything of the key itself. */
export class ProbeKeyError extends Error {
  override readonly name: string = 'ProbeKeyError'
  readonly code: ProbeKeyErrorCode

  constructor(code: ProbeKeyErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
