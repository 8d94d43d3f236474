import type { Condition, FailoverIPStatus } from '@failover-ip/core'
import {
  parseConditions,
  parseFailoverIP,
  parseFailoverIPStatus,
  type KubernetesObject,
  type ParsedFailoverIP,
  type ResourceIdentity,
} from '@failover-ip/kubernetes'

/** A FailoverIP as the cache keeps it. */
export type FailoverIPRecord = { readonly finalizers: readonly string[] } & (
  | { readonly kind: 'readable'; readonly value: ParsedFailoverIP }
  | UnreadableFailoverIP
)

/** One of which a part cannot be understood. */
export interface UnreadableFailoverIP {
  readonly kind: 'unreadable'
  readonly reason: 'InvalidSpec' | 'InvalidStatus'
  readonly message: string
  readonly identity: ResourceIdentity
  /** Whose it is can be told although the rest of the spec cannot. */
  readonly className: string | undefined
  /** The class that serves it, or served it last, by the status: this, too, can be told of one that cannot be read. */
  readonly servedBy: string | undefined
  /** Undefined: it is what cannot be read. */
  readonly status: FailoverIPStatus | undefined
  /** Those of the status, also of one that cannot be read; undefined when they cannot either. */
  readonly conditions: readonly Condition[] | undefined
}

/** Never throws. */
export function failoverIPRecordOf(object: KubernetesObject): FailoverIPRecord {
  const finalizers = object.metadata.finalizers ?? []
  const parsed = parseFailoverIP(object)
  if (parsed.ok) return { kind: 'readable', value: parsed.value, finalizers }
  const { problem } = parsed
  const status = parseFailoverIPStatus(object)
  const conditions = parseConditions(object)
  const [className, servedBy] = [object['spec'], object['status']].map(classNameIn)
  return { kind: 'unreadable', ...problem, className, servedBy, status, conditions, finalizers }
}

function classNameIn(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null || !('className' in part)) return undefined
  return typeof part.className === 'string' ? part.className : undefined
}

export function identityOf(record: FailoverIPRecord): ResourceIdentity {
  return record.kind === 'readable' ? record.value : record.identity
}
