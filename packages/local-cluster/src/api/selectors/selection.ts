import type { KubernetesObject } from '../kubernetes-object.ts'
import type { RequestTarget } from '../request-target.ts'
import { parseFieldSelector } from './field-selector.ts'
import { parseLabelSelector } from './label-selector.ts'

/** Which objects of a collection a request is about. */
export interface Selection {
  readonly matches: (object: KubernetesObject) => boolean
  /** Whether labels or fields narrow it: then nobody can say how many remain. */
  readonly narrowed: boolean
}

/** Reads labelSelector and fieldSelector; a name in the path is a field selector too. */
export function parseSelection({ definition, namespace, name }: RequestTarget, query: URLSearchParams): Selection {
  const labelText = query.get('labelSelector') ?? ''
  const fieldText = query.get('fieldSelector') ?? ''
  const labels = parseLabelSelector(labelText)
  const fields = parseFieldSelector(fieldText, definition)
  return {
    narrowed: labelText !== '' || fieldText !== '',
    matches: (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      labels(object.metadata.labels ?? {}) &&
      fields(object),
  }
}
