/** How one more claim comes in: it enters a target, somebody there moves on to another, and so on. */
export interface Path {
  /** The last first, so that each finds its place free. */
  readonly steps: readonly { readonly claim: number; readonly target: number }[]
  /** Who is put out at the end, to nowhere; it may be the newcomer itself, then there are no steps. */
  readonly evicted: number | undefined
}
