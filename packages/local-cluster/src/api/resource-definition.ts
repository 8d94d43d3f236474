import type { FieldError } from './field-error.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import type { StructuralSchema } from './schema/structural-schema.ts'
import type { TableColumn } from './table/table-column.ts'

/** Everything the server knows about one kind. Custom kinds come from `resourceFromCrd`. */
export interface ResourceDefinition {
  /** The empty string for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly namespaced: boolean
  /**
   * Decides what differs on the real server too: custom kinds have a generation, an update that names its
   * resourceVersion, and no strategic merge patch.
   */
  readonly origin: 'built-in' | 'custom'
  readonly statusSubresource: boolean
  readonly schema: StructuralSchema
  /** Columns after the name. */
  readonly columns: readonly TableColumn[]
  /** What the schema cannot say. `previous` is absent on creation. */
  readonly validate?: (object: KubernetesObject, previous?: KubernetesObject) => readonly FieldError[]
  /** Defaults of a built-in kind, after those of the schema. */
  readonly prepare?: (object: KubernetesObject) => KubernetesObject
  /** Field selectors besides metadata.name and metadata.namespace. */
  readonly selectableFields?: Readonly<Record<string, (object: KubernetesObject) => string>>
  /** PUT on a name that does not exist creates it. */
  readonly createOnUpdate?: boolean
  /** PUT without a resourceVersion overwrites. */
  readonly unconditionalUpdate?: boolean
  /** DELETE answers with the deleted object, not with a Status. */
  readonly returnsDeleted?: boolean
  /** Set when two kinds are two views of the same objects, as core and events.k8s.io Events are. */
  readonly view?: {
    /** The plural under which the objects are stored. */
    readonly storedAs: string
    readonly toStored: (object: KubernetesObject) => KubernetesObject
    readonly fromStored: (object: KubernetesObject) => KubernetesObject
  }
}

/** The key of the objects' shelf in the store: `nodes`, `failoverips.failover-ip.dev`. */
export function storageKey({ group, plural, view }: ResourceDefinition): string {
  return view?.storedAs ?? (group === '' ? plural : `${plural}.${group}`)
}

/** `v1`, `coordination.k8s.io/v1`. */
export function apiVersionOf({ group, version }: ResourceDefinition): string {
  return group === '' ? version : `${group}/${version}`
}
