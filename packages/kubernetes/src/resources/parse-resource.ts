import type { Condition, FailoverIPSpec, FailoverIPStatus, FailoverNodeStatus } from '@failover-ip/core'
import { z } from 'zod'
import { objectKey, type KubernetesObject } from '../client/kubernetes-object.ts'
import type { FailoverIPClassSpec, FailoverIPClassStatus } from './failover-ip-class.ts'
import { failoverIPClassSpecSchema } from './failover-ip-class-schema.ts'
import { failoverIPSpecSchema } from './failover-ip-schema.ts'
import { failoverNodeStatusSchema } from './failover-node-schema.ts'
import { describeIssues } from './field-error.ts'
import { defaultClassAnnotation, finalizer } from './resource-types.ts'
import { failoverIPClassStatusSchema, failoverIPStatusSchema, statusConditionsSchema } from './status-schema.ts'

/** What an object is besides its spec and status. */
export interface ResourceIdentity {
  /** `namespace/name`, or `name`. */
  readonly key: string
  readonly name: string
  readonly namespace?: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number
  /** Unix milliseconds. */
  readonly createdAt: number
  readonly deleting: boolean
  /** Our finalizer is on it. */
  readonly hasFinalizer: boolean
  readonly annotations: Readonly<Record<string, string>>
}

/** An object of ours, read. A problem stands in the place of a part that cannot be understood. */
export interface ParsedFailoverIP extends ResourceIdentity {
  readonly spec: FailoverIPSpec
  readonly status: FailoverIPStatus
}

export interface ParsedFailoverIPClass extends ResourceIdentity {
  readonly spec: FailoverIPClassSpec
  readonly status: FailoverIPClassStatus
  readonly isDefault: boolean
}

export interface ParsedFailoverNode extends ResourceIdentity {
  readonly status: FailoverNodeStatus
}

/**
 * - `InvalidSpec`: the user has to correct it. - `InvalidStatus`: it was written by a version that this one does not
 * understand; it may hold an open operation, so that nothing may be done to the object's addresses.
 */
export interface ParseProblem {
  readonly reason: 'InvalidSpec' | 'InvalidStatus'
  /** One sentence. */
  readonly message: string
  readonly identity: ResourceIdentity
}

export type ParseResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: ParseProblem }

/**
 * Reads a FailoverIP as the API server gave it. Never throws. Unknown fields are ignored.
 *
 * @example
 * const parsed = parseFailoverIP(object)
 * if (!parsed.ok) return setReady('False', parsed.problem.reason, parsed.problem.message)
 */
export function parseFailoverIP(object: KubernetesObject): ParseResult<ParsedFailoverIP> {
  const identity = identityOf(object)
  const parts = parseParts(object, identity, failoverIPSpecSchema, failoverIPStatusSchema)
  return parts.ok ? { ok: true, value: { ...identity, ...parts.value } } : parts
}

/** The status alone, for an object whose spec cannot be read. Undefined when the status cannot be read either. */
export function parseFailoverIPStatus(object: KubernetesObject): FailoverIPStatus | undefined {
  return failoverIPStatusSchema.safeParse(object['status'] ?? {}).data
}

/** The conditions alone, for an object whose status cannot be read. Undefined when they cannot be read either. */
export function parseConditions(object: KubernetesObject): readonly Condition[] | undefined {
  const read = statusConditionsSchema.safeParse(object['status'] ?? {})
  return read.success ? (read.data.conditions ?? []) : undefined
}

/** The status of a class alone. Undefined when it cannot be read. */
export function parseFailoverIPClassStatus(object: KubernetesObject): FailoverIPClassStatus | undefined {
  return failoverIPClassStatusSchema.safeParse(object['status'] ?? {}).data
}

/** As `parseFailoverIP`, of a class. Absent fields of its spec have their defaults. */
export function parseFailoverIPClass(object: KubernetesObject): ParseResult<ParsedFailoverIPClass> {
  const identity = identityOf(object)
  const parts = parseParts(object, identity, failoverIPClassSpecSchema, failoverIPClassStatusSchema)
  if (!parts.ok) return parts
  return {
    ok: true,
    value: { ...identity, ...parts.value, isDefault: identity.annotations[defaultClassAnnotation] === 'true' },
  }
}

/** As `parseFailoverIP`, of a FailoverNode, which has a status alone. */
export function parseFailoverNode(object: KubernetesObject): ParseResult<ParsedFailoverNode> {
  const identity = identityOf(object)
  const status = parseStatus(object, identity, failoverNodeStatusSchema)
  return status.ok ? { ok: true, value: { ...identity, status: status.value } } : status
}

function parseParts<Spec, Status>(
  object: KubernetesObject,
  identity: ResourceIdentity,
  specSchema: z.ZodType<Spec>,
  statusSchema: z.ZodType<Status>,
): ParseResult<{ readonly spec: Spec; readonly status: Status }> {
  const spec = z.object({ spec: specSchema }).safeParse(object)
  if (!spec.success) return problem('InvalidSpec', describeIssues(spec.error.issues), identity)
  const status = parseStatus(object, identity, statusSchema)
  return status.ok ? { ok: true, value: { spec: spec.data.spec, status: status.value } } : status
}

function parseStatus<Status>(
  object: KubernetesObject,
  identity: ResourceIdentity,
  schema: z.ZodType<Status>,
): ParseResult<Status> {
  const status = z.object({ status: schema }).safeParse({ status: object['status'] ?? {} })
  if (!status.success) return problem('InvalidStatus', describeIssues(status.error.issues), identity)
  return { ok: true, value: status.data.status }
}

function problem(reason: ParseProblem['reason'], message: string, identity: ResourceIdentity): ParseResult<never> {
  return { ok: false, problem: { reason, message: `${message}.`, identity } }
}

function identityOf({ metadata }: KubernetesObject): ResourceIdentity {
  const { name, namespace, uid, resourceVersion } = metadata
  const createdAt = Date.parse(metadata.creationTimestamp ?? '')
  return {
    key: objectKey(metadata),
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion,
    generation: metadata.generation ?? 0,
    createdAt: Number.isNaN(createdAt) ? 0 : createdAt,
    deleting: metadata.deletionTimestamp !== undefined,
    hasFinalizer: metadata.finalizers?.includes(finalizer) ?? false,
    annotations: metadata.annotations ?? {},
  }
}
