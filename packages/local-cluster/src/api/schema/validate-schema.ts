import { invalidField, requiredField, showValue } from '../field-error.ts'
import type { FieldError } from '../field-error.ts'
import { isJsonObject } from '../kubernetes-object.ts'
import type { StructuralSchema } from './structural-schema.ts'

/** Checks a value against a structural schema. Paths and words are those of the real server for custom resources. */
export function validateSchema(value: unknown, schema: StructuralSchema, path = ''): readonly FieldError[] {
  if (value === null && schema.nullable === true) return []
  if (!hasType(value, schema)) return [wrongType(value, schema, path)]
  return [...checkValue(value, schema, path), ...checkParts(value, schema, path)]
}

function hasType(value: unknown, schema: StructuralSchema): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' || Number.isInteger(value)
  switch (schema.type) {
    case 'object':
      return isJsonObject(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === schema.type
    default:
      return true
  }
}

function wrongType(value: unknown, { type }: StructuralSchema, path: string): FieldError {
  const shown = typeof value === 'number' ? numberKind(value) : Array.isArray(value) ? 'array' : typeof value
  const actual = value === null ? 'null' : shown
  const message = `Invalid value: ${showValue(actual)}: ${inBody(path)}must be of type ${type}: ${showValue(actual)}`
  return { reason: 'FieldValueTypeInvalid', field: path, message }
}

const numberKind = (value: number): string => (Number.isInteger(value) ? 'integer' : 'number')
const inBody = (path: string): string => (path === '' ? '' : `${path} in body `)

function checkValue(value: unknown, schema: StructuralSchema, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const supported = schema.enum.map(showValue).join(', ')
    const message = `Unsupported value: ${showValue(value)}: supported values: ${supported}`
    errors.push({ reason: 'FieldValueNotSupported', field: path, message })
  }
  if (typeof value === 'string') errors.push(...checkText(value, schema, path))
  if (typeof value === 'number') errors.push(...checkNumber(value, schema, path))
  if (Array.isArray(value))
    errors.push(...checkCount(value.length, schema.minItems, schema.maxItems, 'items', value, path))
  if (isJsonObject(value)) {
    const { minProperties, maxProperties } = schema
    errors.push(...checkCount(Object.keys(value).length, minProperties, maxProperties, 'properties', value, path))
  }
  return errors
}

function checkText(value: string, schema: StructuralSchema, path: string): FieldError[] {
  const errors: FieldError[] = []
  const length = Array.from(value).length
  if (schema.maxLength !== undefined && length > schema.maxLength) {
    const message = `Too long: may not be more than ${schema.maxLength} bytes`
    errors.push({ reason: 'FieldValueTooLong', field: path, message })
  }
  if (schema.minLength !== undefined && length < schema.minLength) {
    errors.push(invalidField(path, value, `${inBody(path)}should be at least ${schema.minLength} chars long`))
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    errors.push(invalidField(path, value, `${inBody(path)}should match '${schema.pattern}'`))
  }
  return errors
}

function checkNumber(value: number, schema: StructuralSchema, path: string): FieldError[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  const errors: FieldError[] = []
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const words = exclusiveMinimum === true ? 'greater than' : 'greater than or equal to'
    errors.push(invalidField(path, value, `${inBody(path)}should be ${words} ${minimum}`))
  }
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const words = exclusiveMaximum === true ? 'less than' : 'less than or equal to'
    errors.push(invalidField(path, value, `${inBody(path)}should be ${words} ${maximum}`))
  }
  return errors
}

function checkCount(
  count: number,
  minimum: number | undefined,
  maximum: number | undefined,
  noun: 'items' | 'properties',
  value: unknown,
  path: string,
): FieldError[] {
  if (maximum !== undefined && count > maximum) {
    const message = `Too many: ${count}: must have at most ${maximum} ${noun === 'items' && maximum === 1 ? 'item' : noun}`
    return [{ reason: 'FieldValueTooMany', field: path, message }]
  }
  if (minimum === undefined || count >= minimum) return []
  return [invalidField(path, value, `${inBody(path)}should have at least ${minimum} ${noun}`)]
}

function checkParts(value: unknown, schema: StructuralSchema, path: string): FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined ? [] : value.flatMap((item, index) => validateSchema(item, items, `${path}[${index}]`))
  }
  if (!isJsonObject(value)) return []
  const missing = (schema.required ?? [])
    .filter((name) => !Object.hasOwn(value, name))
    .map((name) => requiredField(join(path, name)))
  const inside = Object.entries(value).flatMap(([name, item]) => {
    const own = schema.properties?.[name]
    const other = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
    const field = own ?? other
    return field === undefined ? [] : validateSchema(item, field, join(path, name))
  })
  return [...missing, ...inside]
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)
