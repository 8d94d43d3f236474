/** Lets a few things happen at once and then one in each interval. Times are monotonic milliseconds. */
export interface Pace {
  /** When the next one may happen: `now` at the earliest. */
  next(now: number): number
  spend(now: number): void
}

export function createPace({ burst, interval }: { readonly burst: number; readonly interval: number }): Pace {
  let paidUntil = 0
  return {
    next: (now) => Math.max(now, paidUntil - (burst - 1) * interval),
    spend: (now) => {
      paidUntil = Math.max(now, paidUntil) + interval
    },
  }
}
