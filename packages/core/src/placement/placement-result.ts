/**
 * The level at which an item's node was decided, the first at which no other choice was as good:
 * `only`: the hard rules left one node. - `sticky`: its home is fit. - `health`: the best health, stability included.
 * - `home`: its home is no worse than any other, though not fit. - `load`: the flattest load. - `hash`: the tie-break.
 * - `none`: no node.
 */
export type DecidingLevel = 'only' | 'sticky' | 'health' | 'home' | 'load' | 'hash' | 'none'

export interface Assignment {
  readonly node: string | null
  readonly level: DecidingLevel
  /** Where it would go next, best first; at most three. */
  readonly standbys: readonly string[]
}

export interface PlacementResult {
  /** By item, every item of the input once. */
  readonly assignments: ReadonlyMap<string, Assignment>
  /** Unix milliseconds at which a refusal ends and the result may differ; `undefined`: never. */
  readonly lookAgainAt: number | undefined
  /** Names of items and nodes that the input held twice; one of each counts, the same whatever their order. */
  readonly duplicates: readonly string[]
}

/** Why a node cannot or should not have an item: the first rule that says no. Closed list. */
export type RejectionCode =
  | 'NoServer'
  | 'WrongLocation'
  | 'SelectorMismatch'
  | 'TaintNotTolerated'
  | 'NoFreeSlot'
  | 'RefusedByProvider'
  | 'Dead'
  | 'Leaving'
  | 'Unfit'
  | 'Unstable'
  | 'WorseHealth'
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
  /** Every node but the chosen one, by name. */
  readonly rejections: readonly Rejection[]
}
