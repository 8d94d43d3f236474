import type { Clock } from '@failover-ip/provider'

import type { ResourceRegistry } from './resource-registry.ts'
import type { ObjectStore } from './store/object-store.ts'

/** What every verb works on. */
export interface ApiContext {
  readonly store: ObjectStore
  readonly registry: ResourceRegistry
  readonly clock: Clock
  /** In [0, 1): for UIDs and generated names. */
  readonly random: () => number
  readonly bookmarkIntervalMilliseconds: number
  readonly watchTimeoutSeconds: number
}
