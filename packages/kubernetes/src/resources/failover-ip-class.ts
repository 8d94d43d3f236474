import type { Condition, Policy } from '@failover-ip/core'

export interface LabelSelectorRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

/** As in `metav1.LabelSelector`: all of it has to match; empty matches everything. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly LabelSelectorRequirement[]
}

/** What the cluster's administrator allows and prefers: `spec` of a FailoverIPClass, read. */
export interface FailoverIPClassSpec extends Policy {
  readonly controllerName: string
  readonly credentialsSecretRef?: { readonly name: string }
  /** The provider's; its schema checks them. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Canonical addresses and networks that may be touched. Empty: none. */
  readonly addresses: readonly string[]
  /** Absent: all namespaces. */
  readonly namespaceSelector?: LabelSelector
}

/** One mutation that was sent to the provider. */
export interface RecentOperation {
  readonly unit: string
  /** RFC 3339 with milliseconds. */
  readonly at: string
}

export interface FailoverIPClassStatus {
  readonly observedGeneration?: number
  /** Oldest first; bounded; what the account's limits are counted from. */
  readonly recentOperations?: readonly RecentOperation[]
  readonly conditions?: readonly Condition[]
}
