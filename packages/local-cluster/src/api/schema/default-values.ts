import { isJsonObject } from '../kubernetes-object.ts'
import type { StructuralSchema } from './structural-schema.ts'

/** Fills in the schema's defaults where a field is absent, or null without being nullable. */
export function withDefaults(value: unknown, schema: StructuralSchema): unknown {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? value : value.map((item) => withDefaults(item, items))
  }
  if (!isJsonObject(value)) return value
  const filled: Record<string, unknown> = { ...value }
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const present = Object.hasOwn(filled, name) && !(filled[name] === null && field.nullable !== true)
    if (!present && field.default !== undefined) filled[name] = field.default
    else if (!present && filled[name] === null) delete filled[name]
    if (Object.hasOwn(filled, name)) filled[name] = withDefaults(filled[name], field)
  }
  const { additionalProperties } = schema
  if (typeof additionalProperties !== 'object') return filled
  return Object.fromEntries(
    Object.entries(filled).map(([name, item]) => [name, withDefaults(item, additionalProperties)]),
  )
}
