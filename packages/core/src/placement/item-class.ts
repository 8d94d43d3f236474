/**
 * Items that are alike in all but their homes: the same priority, the same nodes allowed and liked, the same spread
 * group. Which of them goes where is all one, so placement counts them instead of looking at each.
 */
export interface ItemClass {
  readonly priority: number
  /** Indices of the targets that the hard rules and refusals allow, ascending. */
  readonly allowed: Int32Array
  /** By target (see `aversions`); `undefined`: all are liked alike. */
  readonly aversion: Float64Array | undefined
  /** Index of its limits among those of the account; -1: none. */
  readonly group: number
  /** The most that may be in one zone; infinite without a limit. */
  readonly perZone: number
  /** Targets for which its items leave a fit home as if it were none, ascending; `undefined`: for none. */
  readonly failback: Int32Array | undefined
  /** Targets that are open to those alone that are at home there, since they were refused to another; `undefined`: none. */
  readonly reserved: ReadonlySet<number> | undefined
  /** For the tie-break: from what makes up the class, whatever other classes there are. */
  readonly salt: number
}

/** What limits classes of one group together. */
export interface GroupLimits {
  readonly name: string
  readonly perNode: number
  /** The most that may be served at all; infinite without a limit. */
  readonly total: number
}
