import { isProviderError, ProviderError } from '@failover-ip/provider'
import { isRead } from './mutation.ts'
import { redactError } from './redact.ts'

/** Failures of name look-up, connecting and TLS: the request itself has not been sent. */
const codesBeforeSending: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]
/** Code of the engine's guard around `fetch`: this process may not change anything any more. */
const authorityLost = 'AuthorityLost'
const syscallsBeforeSending: readonly string[] = ['connect', 'getaddrinfo']

/**
 * Why `fetch` failed, as a `ProviderError`. A mutation is `not-applied` only when the failure surely came before the
 * request was sent; a lost answer leaves it `unknown`.
 */
export function networkFailure(
  request: Request,
  error: unknown,
  options: { readonly secrets?: readonly string[]; readonly asks?: boolean | undefined } = {},
): ProviderError {
  if (isProviderError(error)) return error
  const { secrets = [], asks = isRead(request.method) } = options
  const { host } = new URL(request.url)
  const reasons = [...rootCauses(error)]
  const unsent = reasons.length > 0 && reasons.every(isBeforeSending)
  if (reasons.some(({ code }) => code === authorityLost)) {
    const message = `${request.method} was not sent to ${host}: another process leads by now.`
    return new ProviderError('Transient', message, { outcome: 'not-applied', cause: redactError(error, secrets) })
  }
  const codes = [...new Set(reasons.map(({ code }) => code).filter((code) => code !== ''))]
  const why = codes.length > 0 ? ` (${codes.join(', ')})` : ''
  const message = unsent
    ? `${host} could not be reached${why}. Check the network, the proxy and the API's address.`
    : `The connection to ${host} broke before its answer was complete${why}.`
  return new ProviderError('Transient', message, {
    outcome: unsent || asks ? 'not-applied' : 'unknown',
    cause: redactError(error, secrets),
  })
}

interface RootCause {
  readonly code: string
  readonly syscall: string
}

const deepest = 8

/** The innermost causes; several when a host was tried at several addresses. */
function* rootCauses(error: unknown, depth = 0): Generator<RootCause> {
  if (!(error instanceof Error) || depth > deepest) return
  if (error instanceof AggregateError && error.errors.length > 0) {
    for (const one of error.errors) yield* rootCauses(one, depth + 1)
  } else if (error.cause instanceof Error) {
    yield* rootCauses(error.cause, depth + 1)
  } else {
    yield { code: textOf(error, 'code'), syscall: textOf(error, 'syscall') }
  }
}

function isBeforeSending({ code, syscall }: RootCause): boolean {
  return codesBeforeSending.includes(code) || syscallsBeforeSending.includes(syscall)
}

function textOf(error: Error, key: 'code' | 'syscall'): string {
  const value: unknown = Reflect.get(error, key)
  return typeof value === 'string' ? value : ''
}
