import type { FailoverIPStatus, NodePreference, SpreadRule, Toleration } from './failover-ip.ts'
import type { Policy } from './policy.ts'
import type { Publication } from './publication.ts'
import type { Reason } from './reasons.ts'

/** One FailoverIP as the engine is given it: validated, its class's policy merged in. */
export interface FailoverIPInput {
  /** `namespace/name`, or a name of the library's user. Unique at a time. */
  readonly key: string
  readonly uid: string
  readonly generation: number
  /** Unix milliseconds; of two that claim one unit the older wins. */
  readonly createdAt: number
  /** Canonical; never empty. */
  readonly addresses: readonly string[]
  /** Key of its account; absent while it has none, `problem` then says why. */
  readonly account?: string
  /** The class that serves it; absent where there are no classes, and while it has a problem. */
  readonly className?: string
  readonly policy: Policy
  readonly nodeSelector: Readonly<Record<string, string>>
  readonly tolerations: readonly Toleration[]
  readonly priority: number
  readonly nodePreferences: readonly NodePreference[]
  /** The group is one of all that use its account. */
  readonly spread?: SpreadRule
  readonly deleting: boolean
  /** Our finalizer is on it (true where the store has no such thing). */
  readonly protected: boolean
  /** The user gave it up: let it go although the provider did not confirm its release. */
  readonly abandoned: boolean
  /** What keeps it from being served, found before the engine saw it. Nothing is done to its addresses. */
  readonly problem?: { readonly reason: Reason; readonly message: string }
  /** What is wrong with it although it is served, as it was before: said in Ready. */
  readonly warning?: { readonly reason: Reason; readonly message: string }
  /** Absent: it names no Service, and its addresses stand in none. */
  readonly publication?: Publication
  /** As stored now. */
  readonly status: FailoverIPStatus
}
