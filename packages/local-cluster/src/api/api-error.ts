import type { FieldError } from './field-error.ts'

/** The body of every answer that is no object: metav1.Status. */
export interface StatusBody {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly continue?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: string
  readonly details?: StatusDetails
  readonly code: number
}

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly { readonly reason?: string; readonly message: string; readonly field?: string }[]
  readonly retryAfterSeconds?: number
}

/** A request that the server refuses. Carries the exact answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: StatusBody

  constructor(code: number, reason: string, message: string, details?: StatusDetails, continueToken?: string) {
    super(message)
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: continueToken === undefined ? {} : { continue: continueToken },
      status: 'Failure',
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    }
  }
}

/** What a refusal names: `kind` is the plural, as the real server has it, and the Kind alone for `invalid`. */
export interface ResourceName {
  readonly group: string
  readonly plural: string
  readonly kind: string
}

const qualified = ({ group }: ResourceName, name: string): string => (group === '' ? name : `${name}.${group}`)
const detailsOf = (resource: ResourceName, name: string): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(resource.group === '' ? {} : { group: resource.group }),
  kind: resource.plural,
})

export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

export function notFound(resource: ResourceName, name: string): ApiError {
  const message = `${qualified(resource, resource.plural)} "${name}" not found`
  return new ApiError(404, 'NotFound', message, detailsOf(resource, name))
}

export function alreadyExists(resource: ResourceName, name: string): ApiError {
  const message = `${qualified(resource, resource.plural)} "${name}" already exists`
  return new ApiError(409, 'AlreadyExists', message, detailsOf(resource, name))
}

export function conflict(resource: ResourceName, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(resource, resource.plural)} "${name}": ${why}`
  return new ApiError(409, 'Conflict', message, detailsOf(resource, name))
}

/** The object changed since the writer read it. */
export function staleWrite(resource: ResourceName, name: string): ApiError {
  return conflict(
    resource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  )
}

export function forbidden(
  resource: ResourceName,
  name: string,
  why: string,
  causes: StatusDetails['causes'],
): ApiError {
  const message = `${qualified(resource, resource.plural)} "${name}" is forbidden: ${why}`
  return new ApiError(403, 'Forbidden', message, {
    ...detailsOf(resource, name),
    ...(causes === undefined ? {} : { causes }),
  })
}

export function invalid(resource: ResourceName, name: string, errors: readonly FieldError[]): ApiError {
  const listed = errors.map(({ field, message }) => `${field}: ${message}`)
  const summary = listed.length === 1 ? listed.join('') : `[${listed.join(', ')}]`
  return new ApiError(422, 'Invalid', `${qualified(resource, resource.kind)} "${name}" is invalid: ${summary}`, {
    ...detailsOf(resource, name),
    kind: resource.kind,
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  })
}

/** A list page or an exact version that the history no longer holds. `continueToken` goes on from the present. */
export function expired(message: string, continueToken?: string): ApiError {
  return new ApiError(410, 'Expired', message, undefined, continueToken)
}

export function methodNotAllowed(): ApiError {
  return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}

/** @param advice what to do instead; follows the real server's sentence */
export function unsupportedMediaType(accepted: readonly string[], advice = ''): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}${advice}`
  return new ApiError(415, 'UnsupportedMediaType', message, {})
}

/** A JSON patch that does not apply, e.g. whose `test` fails. */
export function unprocessablePatch(why: string): ApiError {
  return new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {
    causes: [{ reason: 'UnexpectedServerResponse', message: why }],
  })
}

export function tooLarge(message: string): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', message)
}

export function tooLargeResourceVersion(asked: number, current: number): ApiError {
  return new ApiError(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}
