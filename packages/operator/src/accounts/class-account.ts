import type { Reason } from '@failover-ip/core'

/** What a class's condition is to say. */
export interface Finding {
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: Reason
  readonly message: string
}

/** How a class stands with its account. */
export interface ClassAccount {
  /** Key of the account that serves it: the present or the last good one; undefined when there never was one. */
  readonly key: string | undefined
  readonly accepted: Finding
  readonly credentialsValid: Finding
}
