import type { StandardIssue, StandardSchema } from './standard-schema.ts'

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
  const problems = [...unknown, ...(result.issues ?? []).map(describeIssue)]
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
    .map((key) => {
      const nearest = nearestKey(key, known)
      return nearest === undefined
        ? `"${key}" is not known; known are ${known.map((name) => `"${name}"`).join(', ')}`
        : `"${key}" is not known (did you mean "${nearest}"?)`
    })
}

function describeIssue(issue: StandardIssue): string {
  const path = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
  if (path === '') return issue.message
  // A message in lower case goes on after its subject: "key" is missing.
  return /^[a-z]/.test(issue.message) ? `"${path}" ${issue.message}` : `"${path}": ${issue.message}`
}

/** The known key that somebody probably meant; undefined when none is near. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, distance: editDistance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? a.length
}
