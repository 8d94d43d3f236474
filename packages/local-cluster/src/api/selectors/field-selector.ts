import { badRequest } from '../api-error.ts'
import type { KubernetesObject } from '../kubernetes-object.ts'
import { apiVersionOf } from '../resource-definition.ts'
import type { ResourceDefinition } from '../resource-definition.ts'

export type FieldSelector = (object: KubernetesObject) => boolean

/**
 * Parses `metadata.name=web,spec.nodeName!=a` for a kind.
 * @throws ApiError 400 for a field that the kind does not offer.
 */
export function parseFieldSelector(text: string, definition: ResourceDefinition): FieldSelector {
  const terms = text.split(',').filter((term) => term !== '')
  const requirements = terms.map((term) => parseTerm(term, text, definition))
  return (object) => requirements.every((requirement) => requirement(object))
}

function parseTerm(term: string, whole: string, definition: ResourceDefinition): FieldSelector {
  const [, field = '', operator, wanted = ''] = /^([^=!]+)(==|=|!=)(.*)$/u.exec(term) ?? []
  if (operator === undefined) throw badRequest(`invalid field selector: "${term}"; can't understand '${term}'`)
  const read = readerOf(field, definition)
  if (read === undefined) throw unsupported(field, whole, definition)
  return operator === '!=' ? (object) => read(object) !== wanted : (object) => read(object) === wanted
}

function readerOf(field: string, definition: ResourceDefinition): ((object: KubernetesObject) => string) | undefined {
  if (field === 'metadata.name') return ({ metadata }) => metadata.name
  if (field === 'metadata.namespace') return ({ metadata }) => metadata.namespace ?? ''
  const fields = definition.selectableFields ?? {}
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}

function unsupported(field: string, whole: string, definition: ResourceDefinition): Error {
  if (definition.origin === 'built-in') return badRequest(`field label not supported: ${field}`)
  const resource = `${apiVersionOf(definition)}, Resource=${definition.plural}`
  const why = `field label not supported: ${field}`
  return badRequest(`Unable to find "${resource}" that match label selector "", field selector "${whole}": ${why}`)
}
