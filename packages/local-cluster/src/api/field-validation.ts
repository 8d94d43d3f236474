import { ApiError, badRequest } from './api-error.ts'
import { invalidField } from './field-error.ts'

/** What to do with fields that a kind does not have. */
export type FieldValidation = 'Ignore' | 'Warn' | 'Strict'

/** Default: Warn, as on the real server. */
export function parseFieldValidation(query: URLSearchParams): FieldValidation {
  const text = query.get('fieldValidation') ?? ''
  if (text === '') return 'Warn'
  if (text === 'Ignore' || text === 'Warn' || text === 'Strict') return text
  const why = `Unsupported value: "${text}": supported values: "Ignore", "Strict", "Warn"`
  const options = 'CreateOptions.meta.k8s.io'
  const causes = [{ reason: 'FieldValueNotSupported', message: why, field: 'fieldValidation' }]
  const message = `${options} "" is invalid: fieldValidation: ${why}`
  throw new ApiError(422, 'Invalid', message, { group: 'meta.k8s.io', kind: 'CreateOptions', causes })
}

export function strictDecodingError(unknownFields: readonly string[]): string {
  return `strict decoding error: ${unknownFields.map(describe).join(', ')}`
}

const describe = (field: string): string => `unknown field "${field}"`

/** Warnings for the answer, or the refusal that `refuse` makes of them. */
export function judgeUnknownFields(
  unknownFields: readonly string[],
  validation: FieldValidation,
  refuse: (strictError: string) => Error,
): readonly string[] {
  if (unknownFields.length === 0 || validation === 'Ignore') return []
  if (validation === 'Strict') throw refuse(strictDecodingError(unknownFields))
  return unknownFields.map(describe)
}

/** How a create or update refuses. */
export function refuseBody(message: string): Error {
  return badRequest(message)
}

/** How a patch refuses: the whole patch is the invalid value. */
export function refusePatch(patch: string, strictError: string): Error {
  const { reason, field, message } = invalidField('patch', patch, strictError)
  return new ApiError(422, 'Invalid', ` "" is invalid: ${field}: ${message}`, { causes: [{ reason, message, field }] })
}
