import type { JsonValue, ServerReference } from '@failover-ip/provider'
import type { FailoverIPStatus, OperationRecord } from '../domain/failover-ip.ts'
import type { NodeState } from '../domain/node.ts'
import type { Health } from '../health/verdict.ts'
import type { Explanation } from '../placement/placement-result.ts'
import type { FailoverEvent } from '../reconcile/failover-event.ts'
import type { AccountRoom } from './account-room.ts'
import type { CallState } from './call-state.ts'
import type { Hold } from './hold.ts'
import type { RemarkOn } from './placement-remarks.ts'
import type { OpenChange } from './open-change.ts'

export type { CallState } from './call-state.ts'

/** A read that is wanted. */
export interface ReadWish {
  readonly unit: string
  /** Local monotonic milliseconds: a read begun earlier does not serve. */
  readonly notBefore: number
  /** An escape waits for it: one read that hangs is not to hold it up. */
  readonly urgent?: true
}

export interface UnitChange {
  readonly unit: string
  readonly operation: OperationRecord
  readonly server: ServerReference
}

/** An operation that is closed with this decision. */
export interface ClosedOperation {
  readonly unit: string
  readonly operation: OperationRecord
  readonly applied: boolean
}

/** The one thing to do next for a FailoverIP, besides storing its status. */
export type Step =
  /** Store the status (which carries the intents), then send the changes. */
  | { readonly kind: 'change'; readonly changes: readonly UnitChange[] }
  | {
      readonly kind: 'poll'
      readonly unit: string
      readonly operation: OperationRecord
      readonly providerOperation: JsonValue
    }
  | { readonly kind: 'protect' }
  | { readonly kind: 'unprotect'; readonly outcome: 'Released' | 'Retained' | 'ReleaseUnsupported' | 'Abandoned' }

export interface Decision {
  /** What the status is to be; stored when it differs. */
  readonly status: FailoverIPStatus
  readonly step: Step | undefined
  /** What came of operations; counts once the status is stored. */
  readonly closed: readonly ClosedOperation[]
  /** Told once the status is stored, or for `unprotect` once that is done. */
  readonly events: readonly FailoverEvent[]
  readonly reads: readonly ReadWish[]
  /** Local monotonic milliseconds at which to look again without anything new; `undefined`: need not. */
  readonly lookAgainAt: number | undefined
  /** So many changes would be sent, if its target had a free slot. */
  readonly awaitsSlot?: number
}

/** Where one FailoverIP stands in the order in which slots change hands. */
export interface SlotTurn {
  /** Who has to leave its target before. */
  readonly waitsFor: readonly string[]
  /** Who has the slot that it needs, at a provider that cannot release. */
  readonly barredBy: string | undefined
  /** For whom it is to be released, who waits for nothing else. */
  readonly givesWayTo: string | undefined
}

export const freeSlot: SlotTurn = { waitsFor: [], barredBy: undefined, givesWayTo: undefined }

export interface DecisionContext {
  /** Unix and local monotonic milliseconds of one moment. */
  readonly now: number
  readonly monotonic: number
  readonly health: Health
  readonly nodesByName: ReadonlyMap<string, NodeState>
  /** By operation id: calls of this process. */
  readonly calls: ReadonlyMap<string, CallState>
  /** By operation id: local monotonic milliseconds at which an operation of another process was first seen. */
  readonly firstSeen: ReadonlyMap<string, number>
  /** After failures: of this FailoverIP, or of its account. */
  readonly hold: Hold | undefined
  /** Room in the account's windows now, or when there will be. */
  readonly accountRoom: AccountRoom
  /** Under way for the account's other FailoverIPs, where its servers take one change at a time. */
  readonly otherChanges: readonly OpenChange[]
  /** Whether the target has a slot for it. */
  readonly slot: SlotTurn
  readonly newOperationID: () => string
  readonly remarkOn: RemarkOn
  /** Why nodes are not chosen; asked only where it is shown. */
  readonly explain: () => Explanation | undefined
  readonly dryRun: boolean
  /** A stop was asked for: what is open is settled, nothing new begins. */
  readonly draining: boolean
}
