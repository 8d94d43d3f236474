import { z } from 'zod'

/** A schema as a CustomResourceDefinition takes it. */
export interface StructuralSchema {
  readonly [keyword: string]: unknown
}

/** Keywords that structural schemas may use, of those that zod or our own metadata produce. */
const allowed = new Set([
  'type',
  'description',
  'format',
  'default',
  'enum',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'required',
  'nullable',
])

/** Formats that the API server knows. */
const formats = new Set(['date-time', 'int32', 'int64'])

/**
 * Turns a zod schema into a structural one. Extensions (`x-kubernetes-...`) and descriptions come from `.meta()`. What
 * has no structural form (unions, tuples, ...) throws, when the schema is generated and not when it is installed.
 */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  return convert(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' }), '')
}

function convert(value: unknown, path: string): StructuralSchema {
  if (!isRecord(value)) throw new TypeError(`${path}: no schema`)
  const result: Record<string, unknown> = {}
  for (const [keyword, content] of Object.entries(value)) {
    if (keyword === 'properties') result[keyword] = convertProperties(content, path)
    else if (keyword === 'items') result[keyword] = convert(content, `${path}[]`)
    else if (keyword === 'additionalProperties') Object.assign(result, convertAdditional(content, path))
    else if (keyword.startsWith('x-kubernetes-')) result[keyword] = content
    else if (allowed.has(keyword)) Object.assign(result, convertKeyword(keyword, content))
    else if (!ignored.has(keyword)) throw new TypeError(`${path}: ${keyword} has no structural form`)
  }
  if (result['type'] === undefined && result['x-kubernetes-preserve-unknown-fields'] !== true) {
    throw new TypeError(`${path}: a structural schema needs a type`)
  }
  return result
}

/** `propertyNames` says nothing that the API server would check; keys of JSON objects are strings. */
const ignored = new Set(['$schema', 'propertyNames', 'exclusiveMinimum', 'id'])

function convertKeyword(keyword: string, content: unknown): Record<string, unknown> {
  if (keyword === 'format') return formats.has(String(content)) ? { format: content } : {}
  // zod bounds every integer to what a double holds; the format says it already.
  const bound = (keyword === 'minimum' || keyword === 'maximum') && Math.abs(Number(content)) >= Number.MAX_SAFE_INTEGER
  return bound ? {} : { [keyword]: content }
}

function convertProperties(content: unknown, path: string): Record<string, StructuralSchema> {
  if (!isRecord(content)) throw new TypeError(`${path}: properties are no object`)
  return Object.fromEntries(Object.entries(content).map(([name, child]) => [name, convert(child, `${path}.${name}`)]))
}

/** Unknown fields are pruned anyway, so `false` is left out; it may not stand beside `properties`. */
function convertAdditional(content: unknown, path: string): Record<string, unknown> {
  if (content === false) return {}
  if (isRecord(content) && Object.keys(content).length > 0)
    return { additionalProperties: convert(content, `${path}.*`) }
  return { 'x-kubernetes-preserve-unknown-fields': true }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
