/** Seconds of a move's phases, each on its own (not cumulative), and their total from the last sign of life. */
export interface MovePhases {
  readonly detected: number
  readonly decided: number
  readonly accepted: number
  readonly confirmed: number
  /** Absent where no agent has to carry anything, or has not said so yet; then `Configured` tells it. */
  readonly configured?: number
  readonly total: number
}

interface EventBase {
  /** Unix milliseconds. */
  readonly at: number
  /** The FailoverIP it is about. */
  readonly key: string
  readonly type: 'Normal' | 'Warning'
  /** One line for people, without secrets. */
  readonly summary: string
}

/** What happened, typed; `reason` is a closed list and the reason of the Kubernetes Event. */
export type FailoverEvent = EventBase &
  (
    | {
        /** `NodeSuspect`: something is missing for ten seconds, and not enough to act on. */
        readonly reason: 'NodeDead' | 'NodeUnfit' | 'NodeLeaving' | 'NodeSuspect' | 'NodeRecovered'
        readonly node: string
      }
    | { readonly reason: 'Moving'; readonly from: string | null; readonly to: string; readonly cause: MoveCause }
    | {
        readonly reason: 'Moved'
        readonly from: string | null
        readonly to: string
        readonly cause: MoveCause
        readonly phases: MovePhases
      }
    /** The new holder's agent carries all addresses, so many seconds after the move was confirmed. */
    | { readonly reason: 'Configured'; readonly node: string; readonly seconds: number }
    | { readonly reason: 'Adopted'; readonly node: string }
    | { readonly reason: 'Drifted'; readonly from: string | null; readonly to: string | null }
    | { readonly reason: 'ChangeFailed'; readonly unit: string; readonly code: string }
    /** The provider refused a change for now, since it is at work on the unit or the server; it is sent again soon. */
    | { readonly reason: 'Busy'; readonly unit: string }
    | { readonly reason: 'Resumed'; readonly unit: string; readonly operation: string }
    | { readonly reason: 'Released' | 'Retained' | 'ReleaseUnsupported' | 'Abandoned' }
    /** A problem came up or went: the reason of its condition is `problem`. */
    | { readonly reason: 'Problem' | 'Serving'; readonly problem: string }
  )

/** Why an address moves; stored in `operation.reason` and `lastMove.reason`, label of `failover_ip_moves_total`. */
export type MoveCause =
  | 'Unassigned'
  | 'NodeDead'
  | 'NodeLeaving'
  | 'NodeUnfit'
  | 'NodeGone'
  | 'NotEligible'
  | 'Preempted'
  | 'Rebalanced'
  | 'DriftReverted'
  | 'TakenOver'
  | 'Gathered'
