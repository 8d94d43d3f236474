/** How long to wait before the next try: doubling from `initial` to `limit`, less up to half of it by chance. */
export interface RetryDelay {
  /** The next delay in milliseconds, never above `limit`. */
  next(): number
  /** After a success: the next delay is the shortest again. */
  reset(): void
}

export interface RetryDelayOptions {
  /** Milliseconds. */
  readonly initial: number
  /** Milliseconds. */
  readonly limit: number
  /** Uniform in [0, 1). Spreads the retries of many clients that lost the same server. */
  readonly random: () => number
}

export function createRetryDelay({ initial, limit, random }: RetryDelayOptions): RetryDelay {
  let current = initial
  return {
    next: () => {
      const delay = current * (1 - random() / 2)
      current = Math.min(limit, current * 2)
      return delay
    },
    reset: () => {
      current = initial
    },
  }
}
