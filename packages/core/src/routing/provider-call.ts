import type { ProviderError } from '@failover-ip/provider'

export type ProviderOperation = 'observe' | 'resolve' | 'serverStates' | 'assign' | 'poll' | 'release'

/** Each as users know it, for sentences. */
export const operationNames: Readonly<Record<ProviderOperation, string>> = {
  observe: 'reading addresses',
  resolve: 'reading servers',
  serverStates: "reading the servers' states",
  assign: 'assigning an address',
  poll: 'following a change',
  release: 'releasing an address',
}

/** One call to a provider, as metrics want it. */
export interface ProviderCall {
  readonly account: string
  readonly operation: ProviderOperation
  /** `ok`, `cancelled`, or the code of the `ProviderError`. */
  readonly outcome: string
  /** Why it is not `ok`, where the provider has said so. */
  readonly error?: ProviderError
  readonly seconds: number
}
