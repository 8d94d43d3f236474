import { z } from 'zod'
import type { ObjectName } from './resource-type.ts'

/** The part of an object's metadata that this package relies on. */
export interface ObjectMetadata {
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly finalizers?: readonly string[]
  readonly ownerReferences?: readonly OwnerReference[]
}

/** The object that this one belongs to: it is removed with it. */
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
}

/** An object as the API server gave it: metadata checked, all else still to be read through a schema. */
export interface KubernetesObject {
  readonly metadata: ObjectMetadata
  readonly [field: string]: unknown
}

/** A whole object to be written. Its kind is filled in by the client. */
export interface ObjectDraft {
  readonly metadata: Partial<ObjectMetadata> & { readonly name?: string; readonly generateName?: string }
  readonly [field: string]: unknown
}

/** Fields that are not named here are kept, so that an object survives a read and a write. */
const metadataSchema: z.ZodType<ObjectMetadata> = z.looseObject({
  name: z.string().min(1),
  namespace: z.exactOptional(z.string().min(1)),
  uid: z.string().min(1),
  resourceVersion: z.string().min(1),
  generation: z.exactOptional(z.number()),
  creationTimestamp: z.exactOptional(z.string()),
  deletionTimestamp: z.exactOptional(z.string()),
  labels: z.exactOptional(z.record(z.string(), z.string())),
  annotations: z.exactOptional(z.record(z.string(), z.string())),
  finalizers: z.exactOptional(z.array(z.string())),
  ownerReferences: z.exactOptional(
    z.array(z.looseObject({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string() })),
  ),
})

const objectSchema: z.ZodType<KubernetesObject> = z.looseObject({ metadata: metadataSchema })

export type ObjectParse =
  | { readonly ok: true; readonly object: KubernetesObject }
  | { readonly ok: false; readonly problem: string }

/** Checks what every object must have. Never throws. */
export function parseObject(value: unknown): ObjectParse {
  const result = objectSchema.safeParse(value)
  if (result.success) return { ok: true, object: result.data }
  const issue = result.error.issues[0]
  return { ok: false, problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}` }
}

/** The key of an object among its kind: `namespace/name`, or `name` alone for cluster-wide kinds. */
export function objectKey({ namespace, name }: ObjectName): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}
