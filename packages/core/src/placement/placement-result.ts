/**
 * The level at which an item's node was decided, the last that told it from another choice:
 * `only`: the hard rules and the free slots left one node. - `sticky`: its home is fit. - `health`: the best health,
 * stability included. - `preference`: the best liked. - `home`: its home is no worse than any other, though not fit.
 * - `load`: the flattest load. - `hash`: the tie-break. - `none`: no node.
 */
export type DecidingLevel = 'only' | 'sticky' | 'health' | 'preference' | 'home' | 'load' | 'hash' | 'none'

export interface Assignment {
  readonly node: string | null
  readonly level: DecidingLevel
  /** Where it would go next, best first, other zones before its own; at most three. */
  readonly standbys: readonly string[]
}

/**
 * Why a result is not proven to be the best: items of several sizes make the problem NP-hard (`MixedSizes`); there are
 * more kinds of items than are weighed (`TooManyClasses`); levels are too many for exact numbers (`NumbersTooLarge`);
 * the search was cut off (`NotConverged`) or goes on (`Pending`); members of a spread group with a limit per zone were
 * refused different nodes, and what all of them may use was not proven to be enough (`SharedRefusals`).
 */
export type UncertifiedReason =
  | 'MixedSizes'
  | 'TooManyClasses'
  | 'SharedRefusals'
  | 'NumbersTooLarge'
  | 'NotConverged'
  | 'Pending'

/** Whether the placement is proven to be the best by all levels: no exchange of items betters it. */
export interface Certificate {
  readonly proven: boolean
  /** Given when it is not proven; the first that applies. */
  readonly reason?: UncertifiedReason
  /** Exchanges by which the first, greedy placement was bettered. */
  readonly exchanges: number
}

/** An input that says something impossible; everything else is placed. Closed list. */
export type PlacementProblemCode =
  | 'DuplicateName'
  | 'WeightOutOfRange'
  | 'SlotsOutOfRange'
  | 'SpreadLimitOutOfRange'
  | 'SpreadIncomplete'
  | 'SpreadLimitsDiffer'
  | 'SpreadUndecidable'

export interface PlacementProblem {
  readonly code: PlacementProblemCode
  /** The item, node or group. */
  readonly subject: string
  /** One sentence: what is wrong, and what is done instead. */
  readonly message: string
}

export interface PlacementResult {
  /** By item, every item of the input once. */
  readonly assignments: ReadonlyMap<string, Assignment>
  /** Unix milliseconds at which a refusal or a failback's delay ends and the result may differ; `undefined`: never. */
  readonly lookAgainAt: number | undefined
  readonly certificate: Certificate
  /** By code, then by subject. */
  readonly problems: readonly PlacementProblem[]
  /** Names of items and nodes that the input held twice; one of each counts, the same whatever their order. */
  readonly duplicates: readonly string[]
}

/** Why a node cannot or should not have an item: the first rule that says no. Closed list. */
export type RejectionCode =
  | 'InvalidItem'
  | 'SpreadUndecidable'
  | 'NoServer'
  | 'WrongLocation'
  | 'SelectorMismatch'
  | 'TaintNotTolerated'
  | 'RefusedByProvider'
  | 'NoFreeSlot'
  | 'SpreadPerNode'
  | 'SpreadPerZone'
  | 'Dead'
  | 'Leaving'
  | 'Unfit'
  | 'Unstable'
  | 'WorseHealth'
  | 'LessPreferred'
  | 'HomeIsFit'
  | 'MoreLoaded'
  | 'TieBreak'

export interface Rejection {
  readonly node: string
  readonly code: RejectionCode
  /** One sentence. */
  readonly message: string
}

export interface Explanation {
  readonly name: string
  readonly assignment: Assignment
  /** Every node but the chosen one: those that keep the most rules first, then by name. */
  readonly rejections: readonly Rejection[]
}
