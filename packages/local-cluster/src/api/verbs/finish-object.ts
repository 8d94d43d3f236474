import { invalid } from '../api-error.ts'
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
  const errors = [
    ...validateMeta(prepared.metadata),
    ...validateSchema(fieldsOf(prepared), definition.schema),
    ...(definition.validate?.(prepared, previous) ?? []),
  ]
  if (errors.length > 0) throw invalid(definition, prepared.metadata.name, errors)
  return prepared
}
