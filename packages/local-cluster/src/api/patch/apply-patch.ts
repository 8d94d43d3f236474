import { badRequest, unsupportedMediaType } from '../api-error.ts'
import { isJsonObject } from '../kubernetes-object.ts'
import type { ResourceDefinition } from '../resource-definition.ts'
import { applyJsonPatch } from './json-patch.ts'
import { applyMergePatch, applyStrategicMergePatch } from './merge-patch.ts'

const jsonPatch = 'application/json-patch+json'
const mergePatch = 'application/merge-patch+json'
const strategicMergePatch = 'application/strategic-merge-patch+json'

/**
 * Applies a patch of the given media type.
 * @throws ApiError 415 for a type that the kind does not take; server-side apply is taken by none.
 */
export function applyPatchOfType(
  mediaType: string,
  current: unknown,
  patch: unknown,
  { origin }: ResourceDefinition,
): unknown {
  if (mediaType === jsonPatch) return applyJsonPatch(current, patch)
  if (!isJsonObject(patch)) {
    if (mediaType === mergePatch) throw badRequest('Invalid JSON Patch')
    if (mediaType === strategicMergePatch) throw badRequest('error decoding patch: it is no object')
  }
  if (mediaType === mergePatch) return applyMergePatch(current, patch)
  if (mediaType === strategicMergePatch && origin === 'built-in' && isJsonObject(patch)) {
    return applyStrategicMergePatch(current, patch)
  }
  const accepted = [jsonPatch, mergePatch, ...(origin === 'built-in' ? [strategicMergePatch] : [])]
  throw unsupportedMediaType(accepted)
}
