import { z } from 'zod'

/** One cause of a refusal, as in `metav1.StatusCause`. */
export interface ApiErrorCause {
  readonly reason: string | undefined
  readonly message: string | undefined
  /** Path of the field, e.g. `spec.addresses[0]`. */
  readonly field: string | undefined
}

export interface ApiErrorDetails {
  readonly name: string | undefined
  readonly kind: string | undefined
  readonly causes: readonly ApiErrorCause[]
}

export interface ApiErrorOptions {
  /** HTTP status, or the status of an ERROR event in a watch. */
  readonly code: number
  /** `metav1.StatusReason`, e.g. `Conflict`, `NotFound`, `AlreadyExists`, `Expired`; `Unknown` when none was sent. */
  readonly reason: string
  readonly retryAfterSeconds?: number | undefined
  readonly details?: ApiErrorDetails | undefined
  readonly ambiguous?: boolean
}

/** The API server answered, and refused. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError'
  readonly code: number
  readonly reason: string
  readonly retryAfterSeconds: number | undefined
  readonly details: ApiErrorDetails | undefined
  /**
   * An earlier try of this write got no answer and may have been applied, in which case this refusal (a conflict, an
   * "already exists", a "not found") may be its echo. Read the object before concluding anything.
   */
  readonly ambiguous: boolean

  constructor(message: string, options: ApiErrorOptions) {
    super(message)
    this.code = options.code
    this.reason = options.reason
    this.retryAfterSeconds = options.retryAfterSeconds
    this.details = options.details
    this.ambiguous = options.ambiguous ?? false
  }

  /** The same refusal, marked as possibly the echo of an earlier try. */
  asAmbiguous(): ApiError {
    const { code, reason, retryAfterSeconds, details } = this
    return new ApiError(this.message, { code, reason, retryAfterSeconds, details, ambiguous: true })
  }
}

/** Whether an error is a refusal with the given reason. */
export function isApiError(error: unknown, reason?: string): error is ApiError {
  return error instanceof ApiError && (reason === undefined || error.reason === reason)
}

/** The server no longer has the version or the continue token that was asked for: list again. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 410 || error.reason === 'Expired' || error.reason === 'Gone')
}

const text = z.string().optional().catch(undefined)
const statusSchema = z.object({
  message: text,
  reason: text,
  code: z.number().int().optional().catch(undefined),
  details: z
    .object({
      name: text,
      kind: text,
      retryAfterSeconds: z.number().nonnegative().optional().catch(undefined),
      causes: z
        .array(z.object({ reason: text, message: text, field: text }))
        .catch([])
        .default([]),
    })
    .optional()
    .catch(undefined),
})

/** Reasons by HTTP status, for answers that carry no `metav1.Status` (a gateway's, an overloaded server's). */
const reasonByCode: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequest'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'NotFound'],
  [405, 'MethodNotAllowed'],
  [409, 'Conflict'],
  [410, 'Gone'],
  [422, 'Invalid'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
  [503, 'ServiceUnavailable'],
  [504, 'Timeout'],
])

const maximumMessageLength = 500

/**
 * Reads a `metav1.Status`, or whatever came in its place.
 *
 * @param status HTTP status, used when the body has no code of its own
 * @param value the parsed body, or its text when it was not JSON
 */
export function apiErrorOf(status: number, value: unknown, retryAfter?: string): ApiError {
  const parsed = statusSchema.safeParse(value)
  const body = parsed.success ? parsed.data : undefined
  const code = body?.code ?? status
  const reason = body?.reason !== undefined && body.reason !== '' ? body.reason : (reasonByCode.get(code) ?? 'Unknown')
  const fallback = typeof value === 'string' && value !== '' ? value : `the API server answered ${code} ${reason}`
  const seconds = body?.details?.retryAfterSeconds ?? secondsOf(retryAfter)
  const details = body?.details
  return new ApiError((body?.message ?? fallback).slice(0, maximumMessageLength), {
    code,
    reason,
    retryAfterSeconds: seconds,
    details: details && { name: details.name, kind: details.kind, causes: details.causes.map(causeOf) },
  })
}

function causeOf(cause: {
  reason?: string | undefined
  message?: string | undefined
  field?: string | undefined
}): ApiErrorCause {
  return { reason: cause.reason, message: cause.message, field: cause.field }
}

function secondsOf(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d+$/.test(header.trim())) return undefined
  return Number(header.trim())
}
