export interface TransportErrorOptions {
  /** Of the network (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, ...) or one of ours (`RESPONSE_TOO_LARGE`, `NO_KUBECONFIG`, ...). */
  readonly code: string
  /** `not-applied` when the request surely never reached the server. */
  readonly outcome: 'not-applied' | 'unknown'
  readonly cause?: unknown
}

/** No answer could be had from the API server. The message says what to do and holds no secret. */
export class TransportError extends Error {
  override readonly name: string = 'TransportError'
  readonly code: string
  readonly outcome: 'not-applied' | 'unknown'

  constructor(message: string, { code, outcome, cause }: TransportErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.outcome = outcome
  }
}

/** Codes of errors that come before a connection stands, so that nothing can have been sent. */
const beforeConnection = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
])

/** Wraps what the network threw. `server` is named in the message: its origin, never its credentials. */
export function transportErrorOf(error: unknown, server: string): TransportError {
  if (error instanceof TransportError) return error
  const code = codeOf(error)
  const outcome = beforeConnection.has(code) ? 'not-applied' : 'unknown'
  return new TransportError(`The API server at ${server} gave no answer (${code}).`, { code, outcome, cause: error })
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code
  }
  return 'UNKNOWN'
}
