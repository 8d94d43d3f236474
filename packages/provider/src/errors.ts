const marker = Symbol.for('failover-ip.provider.error')

/**
 * - `NotFound`: the unit or server does not exist. - `Conflict`: the request contradicts the cloud's state.
 * - `Busy`: the cloud is working on it or has locked it for a moment. - `RateLimited`: too many requests.
 * - `Denied`: credentials missing, wrong, expired or without the right. - `Unsupported`: this cloud cannot do it.
 * - `Invalid`: the cloud calls the request malformed, or refuses the target. - `Transient`: worth another try.
 */
export type ProviderErrorCode =
  | 'NotFound'
  | 'Conflict'
  | 'Busy'
  | 'RateLimited'
  | 'Denied'
  | 'Unsupported'
  | 'Invalid'
  | 'Transient'

/** `not-applied`: surely without effect. `unknown`: only a read can tell; it is neither success nor failure. */
export type Outcome = 'not-applied' | 'unknown'

export interface ProviderErrorOptions {
  readonly outcome: Outcome
  /** For `RateLimited` and `Busy`: seconds after which the cloud wants to be asked again. */
  readonly retryAfterSeconds?: number
  /** HTTP status or the like, for logs. */
  readonly status?: number
  readonly cause?: unknown
}

/**
 * The only error that a provider's methods reject with (besides the signal's reason). The message is one sentence for
 * the user and holds no secret. Recognise it by `isProviderError`, which works across copies of this package.
 *
 * @example
 * throw new ProviderError('Denied', 'Scaleway refused the secret key.', { outcome: 'not-applied', status: 403 })
 */
export class ProviderError extends Error {
  override readonly name: string = 'ProviderError'
  readonly code: ProviderErrorCode
  readonly outcome: Outcome
  readonly retryAfterSeconds: number | undefined
  readonly status: number | undefined

  constructor(code: ProviderErrorCode, message: string, options: ProviderErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.outcome = options.outcome
    this.retryAfterSeconds = options.retryAfterSeconds
    this.status = options.status
    Object.defineProperty(this, marker, { value: true })
  }
}

/** Whether a value is a `ProviderError`, of this copy of the package or of another. */
export function isProviderError(value: unknown): value is ProviderError {
  return typeof value === 'object' && value !== null && marker in value
}
