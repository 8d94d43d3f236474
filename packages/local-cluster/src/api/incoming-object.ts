import { z } from 'zod'

import { badRequest, invalid } from './api-error.ts'
import { invalidField } from './field-error.ts'
import { isJsonObject, textAt } from './kubernetes-object.ts'
import type { JsonObject, KubernetesObject, ObjectMeta } from './kubernetes-object.ts'
import { apiVersionOf } from './resource-definition.ts'
import type { ResourceDefinition } from './resource-definition.ts'
import { prune } from './schema/prune.ts'

/** A client's object with its metadata checked and unknown fields dropped. The server sets the rest of the metadata. */
export interface IncomingObject {
  readonly metadata: IncomingMeta
  /** Everything but apiVersion, kind and metadata. */
  readonly fields: JsonObject
  readonly unknownFields: readonly string[]
}

/** Metadata as a client may send it: anything may be absent or null. */
export interface IncomingMeta {
  readonly name?: string | null | undefined
  readonly generateName?: string | null | undefined
  readonly namespace?: string | null | undefined
  readonly uid?: string | null | undefined
  readonly resourceVersion?: string | null | undefined
  readonly labels?: Readonly<Record<string, string>> | null | undefined
  readonly annotations?: Readonly<Record<string, string>> | null | undefined
  readonly finalizers?: readonly string[] | null | undefined
  readonly ownerReferences?: readonly JsonObject[] | null | undefined
}

const text = z.string().nullish()
const texts = z.record(z.string(), z.string()).nullish()
/** The rest is the server's own: checked, then dropped. */
const metaSchema = z.object({
  name: text,
  generateName: text,
  namespace: text,
  uid: text,
  resourceVersion: text,
  generation: z.number().nullish(),
  creationTimestamp: text,
  deletionTimestamp: text,
  deletionGracePeriodSeconds: z.number().nullish(),
  labels: texts,
  annotations: texts,
  finalizers: z.array(z.string()).nullish(),
  ownerReferences: z.array(z.record(z.string(), z.unknown())).nullish(),
  managedFields: z.unknown().optional(),
  selfLink: text,
})
/** @throws ApiError 400 (422 for another kind in place of a custom one) when the body is no object of this kind. */
export function readIncoming(body: unknown, definition: ResourceDefinition): IncomingObject {
  if (!isJsonObject(body)) throw badRequest(`the body is no ${definition.kind}`)
  const { apiVersion: _apiVersion, kind: _kind, metadata: givenMeta, ...fields } = body
  checkKind(body, definition)
  const metadata = metaSchema.safeParse(givenMeta ?? {})
  if (!metadata.success) throw badRequest(cannotHandle(definition, z.prettifyError(metadata.error)))
  const unknownMeta = Object.keys(isJsonObject(givenMeta) ? givenMeta : {})
    .filter((name) => !Object.hasOwn(metaSchema.shape, name))
    .map((name) => `metadata.${name}`)
  const pruned = prune(fields, definition.schema)
  return {
    metadata: metadata.data,
    fields: isJsonObject(pruned.value) ? pruned.value : {},
    unknownFields: [...unknownMeta, ...pruned.unknownFields].toSorted(),
  }
}

function checkKind(body: JsonObject, definition: ResourceDefinition): void {
  const { apiVersion, kind } = body
  const expected = apiVersionOf(definition)
  if (typeof kind !== 'string' || kind === '') throw badRequest(`Object 'Kind' is missing`)
  if (apiVersion !== expected) {
    const given = typeof apiVersion === 'string' ? apiVersion : ''
    throw badRequest(`the API version in the data (${given}) does not match the expected API version (${expected})`)
  }
  if (kind === definition.kind) return
  if (definition.origin === 'built-in') {
    throw badRequest(cannotHandle(definition, `no kind "${kind}" is registered for version "${expected}"`, kind))
  }
  const error = invalidField('kind', kind, `must be ${definition.kind}`)
  throw invalid({ ...definition, kind }, textAt(body, 'metadata', 'name'), [error])
}

export function cannotHandle({ kind, version }: ResourceDefinition, why: string, given: string = kind): string {
  return `${given} in version "${version}" cannot be handled as a ${kind}: ${why}`
}

/** The metadata that a client may set, without what is empty. */
export function clientMeta(
  metadata: IncomingMeta,
): Pick<ObjectMeta, 'labels' | 'annotations' | 'finalizers' | 'ownerReferences'> {
  const { labels, annotations, finalizers, ownerReferences } = metadata
  return {
    ...(isEmpty(labels) ? {} : { labels }),
    ...(isEmpty(annotations) ? {} : { annotations }),
    ...(finalizers === null || finalizers === undefined || finalizers.length === 0 ? {} : { finalizers }),
    ...(ownerReferences === null || ownerReferences === undefined || ownerReferences.length === 0
      ? {}
      : { ownerReferences }),
  }
}

function isEmpty(record: Readonly<Record<string, string>> | null | undefined): record is null | undefined {
  return record === null || record === undefined || Object.keys(record).length === 0
}

/** Puts apiVersion and kind first, metadata second, as the real server prints them. */
export function assemble(definition: ResourceDefinition, metadata: ObjectMeta, fields: JsonObject): KubernetesObject {
  return { apiVersion: apiVersionOf(definition), kind: definition.kind, metadata, ...fields }
}

/** The opposite of `assemble`. */
export function fieldsOf(object: KubernetesObject): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...fields } = object
  return fields
}
