import { issueProblem } from './issue-problem.ts'
import type { StandardSchema } from './standard-schema.ts'
import { unknownKeyProblem } from './unknown-key.ts'

export type SettingsResult<Value> =
  | { readonly ok: true; readonly value: Value }
  /**
   * A sentence without its full stop per problem, each naming the key; no value is repeated, since it may be a secret.
   */
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Validates parameters or credentials. Unknown keys are a problem that names the nearest known key, where the schema can
 * say which keys it knows (Standard JSON Schema).
 */
export async function parseSettings<Value>(
  schema: StandardSchema<unknown, Value>,
  value: Readonly<Record<string, unknown>>,
): Promise<SettingsResult<Value>> {
  const unknown = unknownKeys(schema, value)
  const result = await schema['~standard'].validate(value)
  const problems = [...unknown, ...(result.issues ?? []).map(issueProblem)]
  if (problems.length > 0 || result.issues !== undefined) return { ok: false, problems }
  return { ok: true, value: result.value }
}

function unknownKeys(schema: StandardSchema<unknown, unknown>, value: Readonly<Record<string, unknown>>): string[] {
  const jsonSchema = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })
  const properties = jsonSchema?.['properties']
  if (typeof properties !== 'object' || properties === null) return []
  const known = Object.keys(properties)
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => unknownKeyProblem(key, known))
}
