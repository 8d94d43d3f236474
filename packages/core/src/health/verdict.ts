/**
 * - `healthy`: fit to hold addresses. - `suspect`: something is missing, not enough to act on. - `leaving`: alive, and
 * going to leave (cordon, drain, taints): a planned move. - `dead`: surely or as good as surely dead.
 * - `unfit`: alive as far as is known, but must not be chosen while another can (NetworkUnavailable, NotReady with a
 * living kernel).
 */
export type Verdict = 'healthy' | 'suspect' | 'leaving' | 'unfit' | 'dead'

/** Closed list. */
export type VerdictReason =
  | 'Healthy'
  | 'ProbesMissed'
  | 'ProbesSilent'
  | 'WitnessDisagrees'
  | 'NotReady'
  | 'LeaseExpired'
  | 'Unreachable'
  | 'OutOfService'
  | 'ServerStopped'
  | 'ServerGone'
  | 'NodeDeleted'
  | 'NetworkUnavailable'
  | 'Cordoned'
  | 'Draining'
  | 'ShuttingDown'
  | 'AutoscalerRemoves'
  | 'Excluded'
  | 'Held'

export interface NodeVerdict {
  readonly node: string
  readonly verdict: Verdict
  readonly reason: VerdictReason
  /** One sentence for an operator at 3 a.m.: who heard what, and when. */
  readonly message: string
  /** 0 is best. Only ranks; equal for equal evidence. Dead nodes rank last. */
  readonly rank: number
  /** It was called dead or suspect lately: a penalty, never an exclusion. Unknown history is stable. */
  readonly unstable: boolean
  /** Local monotonic milliseconds of the last sign of life; `undefined` when there never was one. */
  readonly lastAliveAt: number | undefined
  /** Local monotonic milliseconds since which the verdict holds, whatever its reason. */
  readonly since: number
  /** Memory for the next outcome. */
  readonly quietSince?: QuietSince
}

/** Kubernetes' signs that a node is dead: the local monotonic time since which each is seen without a break. */
export interface QuietSince {
  /** Its Lease is overdue while those of others are renewed. */
  readonly lease?: number
  /** Its Ready condition is False or Unknown. */
  readonly ready?: number
}

/** What would settle an open verdict; the engine asks, and the answer comes back as evidence. */
export type Question =
  /** Ask witnesses about the node, probe it afresh, and read its addresses at the provider, all at once. */
  | { readonly kind: 'witnesses'; readonly node: string }
  | { readonly kind: 'freshProbe'; readonly node: string }
  /** Read Node and Lease live. */
  | { readonly kind: 'liveNode'; readonly node: string }
  /** Ask the cloud for the server's state. */
  | { readonly kind: 'serverState'; readonly node: string }

export interface Health {
  /** Local monotonic milliseconds of the assessment. */
  readonly at: number
  readonly verdicts: ReadonlyMap<string, NodeVerdict>
  readonly questions: readonly Question[]
  /**
   * Set when *we* look blind: nothing is moved because of deaths while it holds. `message` says why.
   */
  readonly brake: { readonly message: string } | undefined
  /** Local monotonic milliseconds at which the outcome may change without new evidence. */
  readonly lookAgainAt: number | undefined
}
