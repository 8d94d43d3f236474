import { isJsonObject } from '../kubernetes-object.ts'
import type { StructuralSchema } from './structural-schema.ts'

export interface Pruned {
  readonly value: unknown
  /** Paths of what was dropped, e.g. `spec.bogus`, `spec.list[0].bogus`. */
  readonly unknownFields: readonly string[]
}

/** Drops every field that the schema does not name, as the real server does for structural schemas. */
export function prune(value: unknown, schema: StructuralSchema, path = ''): Pruned {
  if (Array.isArray(value)) return pruneList(value, schema, path)
  if (isJsonObject(value)) return pruneObject(value, schema, path)
  return { value, unknownFields: [] }
}

function pruneList(list: readonly unknown[], schema: StructuralSchema, path: string): Pruned {
  const { items } = schema
  if (items === undefined) return { value: list, unknownFields: [] }
  const pruned = list.map((item, index) => prune(item, items, `${path}[${index}]`))
  return {
    value: pruned.map(({ value }) => value),
    unknownFields: pruned.flatMap(({ unknownFields }) => unknownFields),
  }
}

function pruneObject(object: Readonly<Record<string, unknown>>, schema: StructuralSchema, path: string): Pruned {
  const kept: [string, unknown][] = []
  const unknownFields: string[] = []
  for (const [name, value] of Object.entries(object)) {
    const fieldPath = path === '' ? name : `${path}.${name}`
    const fieldSchema = schemaOf(schema, name)
    if (fieldSchema === 'unknown') {
      unknownFields.push(fieldPath)
      continue
    }
    const pruned = fieldSchema === 'any' ? { value, unknownFields: [] } : prune(value, fieldSchema, fieldPath)
    kept.push([name, pruned.value])
    unknownFields.push(...pruned.unknownFields)
  }
  return { value: Object.fromEntries(kept), unknownFields }
}

function schemaOf(schema: StructuralSchema, name: string): StructuralSchema | 'any' | 'unknown' {
  const own =
    schema.properties !== undefined && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined
  if (own !== undefined) return own
  if (typeof schema.additionalProperties === 'object') return schema.additionalProperties
  if (schema.additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true) return 'any'
  return 'unknown'
}
