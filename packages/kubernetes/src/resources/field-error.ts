import type { z } from 'zod'

/** One thing wrong with one field, with the reason codes and in the words of the API server. */
export interface FieldError {
  readonly reason: 'FieldValueInvalid' | 'FieldValueDuplicate'
  /** Path such as `spec.addresses[0]`. */
  readonly field: string
  readonly message: string
}

/** A path in the API server's form. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')
}

/**
 * What the API server checks by CEL or by list type: rules of our own, told apart from those that the structural
 * schema says by their issue code.
 */
export function ruleErrors(issues: readonly z.core.$ZodIssue[], object: unknown): readonly FieldError[] {
  return issues.flatMap((issue): readonly FieldError[] => {
    if (issue.code !== 'custom') return []
    const value = JSON.stringify(valueAt(object, issue.path)) ?? 'null'
    const field = fieldPath(issue.path)
    if (issue.params?.['duplicate'] === true) {
      return [{ reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${value}` }]
    }
    return [{ reason: 'FieldValueInvalid', field, message: `Invalid value: ${value}: ${issue.message}` }]
  })
}

/** At most this many problems are named in one sentence. */
const named = 3

/** All problems in one sentence. */
export function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const sentences = issues.slice(0, named).map(({ path, message }) => `${fieldPath(path)} ${message}`)
  const more = issues.length > named ? [`and ${issues.length - named} more`] : []
  return [...sentences, ...more].join('; ')
}

function valueAt(object: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof value !== 'object' || value === null) return undefined
    return Object.getOwnPropertyDescriptor(value, step)?.value
  }, object)
}
