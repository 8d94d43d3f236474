/** Metadata as the server keeps it. Times are RFC 3339 with whole seconds, resourceVersion is a decimal. */
export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly Readonly<Record<string, unknown>>[]
}

/** An object in the store. Never changed in place: a write replaces it. Every other field is plain JSON. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Narrows plain JSON to an object: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Follows a path of names through plain JSON; undefined where it ends early. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  let current = value
  for (const name of path) {
    if (!isJsonObject(current) || !Object.hasOwn(current, name)) return undefined
    current = current[name]
  }
  return current
}

/** As `fieldAt`, but the empty list for whatever is no list. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found: unknown = fieldAt(value, ...path)
  return Array.isArray(found) ? found : []
}

/** As `fieldAt`, but the empty string for whatever is no string. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = fieldAt(value, ...path)
  return typeof found === 'string' ? found : ''
}
