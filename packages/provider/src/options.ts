import { ConfigurationError } from './configuration-error.ts'
import { issueProblem } from './issue-problem.ts'
import type { StandardIssue } from './standard-schema.ts'
import { unknownKeyProblem } from './unknown-key.ts'

/** The part of a zod schema that is used here, so that this package depends on nothing. */
export interface OptionsSchema<Value> {
  safeParse(
    value: unknown,
    context: { readonly error: (issue: OptionIssue) => string | undefined },
  ):
    | { readonly success: true; readonly data: Value }
    | { readonly success: false; readonly error: { readonly issues: readonly StandardIssue[] } }
}

/** What zod tells of a problem that has no message of its own yet. */
export interface OptionIssue {
  readonly code?: string | undefined
  readonly input?: unknown
  readonly expected?: string
  readonly values?: readonly unknown[]
  readonly keys?: readonly string[]
  /** The schema that found it. */
  readonly inst?: unknown
}

/**
 * Validates what somebody gave to a function of a library. Throws `ConfigurationError` with all problems at once, in
 * which an unknown key of a `z.strictObject` comes with the nearest known one.
 *
 * @param of what was called, like `createFailover`
 *
 * @example
 * const { interval } = parseOptions(z.strictObject({ interval: z.number() }), options, 'tcpProber')
 */
export function parseOptions<Value>(schema: OptionsSchema<Value>, value: unknown, of: string): Value {
  const parsed = schema.safeParse(value, { error: optionMessage })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(issueProblem)
  throw new ConfigurationError(
    of,
    problems.map((problem) => (/^(is|must) /.test(problem) ? `it ${problem}` : problem)),
  )
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  function: 'a function',
}

/** Goes on after the path of what is wrong; repeats no value. `undefined`: zod's own words. */
function optionMessage({ code, input, expected = '', values = [], keys = [], inst }: OptionIssue): string | undefined {
  switch (code) {
    case 'unrecognized_keys':
      return keys.map((key) => unknownKeyProblem(key, knownKeys(inst))).join('; ')
    case 'invalid_type':
      return input === undefined ? 'is missing' : `must be ${kinds[expected] ?? expected}`
    case 'invalid_value':
      return `must be one of ${values.map((each) => JSON.stringify(each)).join(', ')}`
    default:
      return undefined
  }
}

function knownKeys(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null || !('shape' in schema)) return []
  const { shape } = schema
  return typeof shape === 'object' && shape !== null ? Object.keys(shape) : []
}
