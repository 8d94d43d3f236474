import type { FailoverIPInput } from '@failover-ip/core'

/** What keeps a FailoverIP from being served, found before the engine sees it. */
export type Problem = NonNullable<FailoverIPInput['problem']>
