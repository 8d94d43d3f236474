import type { FailoverIPStatus } from '@failover-ip/core'
import {
  parseFailoverIP,
  parseFailoverIPStatus,
  type KubernetesObject,
  type ParsedFailoverIP,
  type ResourceIdentity,
} from '@failover-ip/kubernetes'

/** A FailoverIP as the cache keeps it. */
export type FailoverIPRecord = { readonly finalizers: readonly string[] } & (
  | { readonly kind: 'readable'; readonly value: ParsedFailoverIP }
  | {
      readonly kind: 'unreadable'
      readonly reason: 'InvalidSpec' | 'InvalidStatus'
      readonly message: string
      readonly identity: ResourceIdentity
      /** Undefined: it is what cannot be read. */
      readonly status: FailoverIPStatus | undefined
    }
)

/** Never throws. */
export function failoverIPRecordOf(object: KubernetesObject): FailoverIPRecord {
  const finalizers = object.metadata.finalizers ?? []
  const parsed = parseFailoverIP(object)
  if (parsed.ok) return { kind: 'readable', value: parsed.value, finalizers }
  const { reason, message, identity } = parsed.problem
  const status = parseFailoverIPStatus(object)
  return { kind: 'unreadable', reason, message, identity, status, finalizers }
}

export function identityOf(record: FailoverIPRecord): ResourceIdentity {
  return record.kind === 'readable' ? record.value : record.identity
}
