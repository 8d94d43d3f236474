import { invalid } from '../api-error.ts'
import { invalidField } from '../field-error.ts'
import type { FieldError } from '../field-error.ts'
import { assemble, fieldsOf } from '../incoming-object.ts'
import { isJsonObject } from '../kubernetes-object.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import { validateMeta } from '../object-name.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { withDefaults } from '../schema/default-values.ts'
import { validateSchema } from '../schema/validate-schema.ts'

/**
 * Defaults and validation: the last step before the store.
 * @throws ApiError 422 naming every wrong field.
 */
export function finishObject(
  definition: ResourceDefinition,
  object: KubernetesObject,
  previous?: KubernetesObject,
): KubernetesObject {
  const filled = withDefaults(fieldsOf(object), definition.schema)
  const defaulted = assemble(definition, object.metadata, isJsonObject(filled) ? filled : {})
  const prepared = definition.prepare?.(defaulted) ?? defaulted
  const errors = [...validateMeta(prepared.metadata), ...validateFields(definition, prepared, previous)]
  if (errors.length > 0) throw invalid(definition, prepared.metadata.name, errors)
  return prepared
}

/** After these the real server checks no rules (CEL), and says so. */
const blocking: ReadonlySet<FieldError['reason']> = new Set([
  'FieldValueRequired',
  'FieldValueTypeInvalid',
  'FieldValueNotSupported',
  'FieldValueTooLong',
  'FieldValueTooMany',
])
const unchecked = invalidField(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; ' +
    'correct the existing errors to complete validation',
)

function validateFields(
  { schema, validate }: ResourceDefinition,
  object: KubernetesObject,
  previous: KubernetesObject | undefined,
): readonly FieldError[] {
  const errors = validateSchema(fieldsOf(object), schema)
  if (validate === undefined) return errors
  if (errors.some(({ reason }) => blocking.has(reason))) return [...errors, unchecked]
  return [...errors, ...validate(object, previous)]
}
