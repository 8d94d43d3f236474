import type { Capabilities, Routing } from '@failover-ip/provider'

/** One account at a provider, opened. Credentials that rotate make a new `routing` under the same key. */
export interface Account {
  /** What FailoverIPs refer to; unique. */
  readonly key: string
  /** The cloud counts the changes of all accounts of one owner together. Default: the key. */
  readonly owner?: string
  readonly provider: string
  readonly capabilities: Capabilities
  readonly routing: Routing
  /** Changes sent lately, oldest first, from all sources that outlive this process. */
  readonly recentOperations: readonly SentChange[]
}

/** By whom the windows are shared. */
export function ownerOf({ key, owner = key }: Pick<Account, 'key' | 'owner'>): string {
  return owner
}

/** A change that was sent to the provider. */
export interface SentChange {
  readonly unit: string
  /** RFC 3339. */
  readonly at: string
}
