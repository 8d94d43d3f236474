import type { ConditionDraft } from './condition.ts'
import type { PublishedTo } from './failover-ip.ts'

/** How the addresses stand in the Service that the FailoverIP names. Found by whoever writes Services, stored with the rest. */
export interface Publication {
  readonly condition: Omit<ConditionDraft, 'type'> | undefined
  /** What the status is to say about where they were published, before it is done and until it is undone. */
  readonly publishedTo: PublishedTo | undefined
  /** The object is not to vanish before it is undone. */
  readonly keepsObject: boolean
}
