import { isJsonObject } from '../kubernetes-object.ts'
import type { JsonObject } from '../kubernetes-object.ts'

/** RFC 7386: null removes, objects merge, everything else replaces. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch
  const merged: Record<string, unknown> = isJsonObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else setOwn(merged, name, applyMergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value))
  }
  return merged
}

/** Plain assignment would treat `__proto__` from the wire as the prototype. */
function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}

/**
 * Strategic merge as kubectl's cordon, drain, taint and apply send it: as a merge patch, in which directives
 * (`$setElementOrder/taints`, `$retainKeys`) are dropped and lists replace lists. Merging lists by key is not done.
 */
export function applyStrategicMergePatch(target: unknown, patch: JsonObject): unknown {
  return applyMergePatch(target, withoutDirectives(patch))
}

function withoutDirectives(patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.map(withoutDirectives)
  if (!isJsonObject(patch)) return patch
  const kept = Object.entries(patch).filter(([name]) => !name.startsWith('$'))
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutDirectives(value)]))
}
