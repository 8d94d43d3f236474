import type { Clock } from '@failover-ip/provider'

/** Whether the death of this node would be noticed by missing probes, and why. */
export interface FastDetection {
  readonly isProven: boolean
  /** A sentence that stays the same while nothing changes. */
  readonly why: string
}

/** Remembers when an operator's probe was answered last. */
export interface FastDetectionBook {
  answered(): void
  /** Why nothing can be answered; `undefined`: it can. */
  hindered(why: string | undefined): void
  now(): FastDetection
}

/** Milliseconds. Operators probe every two seconds and more often, those that do not lead too. */
const validity = 60_000

export function createFastDetectionBook(clock: Clock, port: number): FastDetectionBook {
  let answeredAt: number | undefined
  let hindrance: string | undefined
  return {
    answered: () => {
      answeredAt = clock.monotonic()
    },
    hindered: (why) => {
      hindrance = why
    },
    now: () => {
      const isProven = answeredAt !== undefined && clock.monotonic() - answeredAt <= validity
      if (isProven) return { isProven, why: 'Operators probe this node and are answered.' }
      if (hindrance !== undefined) return { isProven, why: hindrance }
      const since = answeredAt === undefined ? 'since its agent started' : 'for a minute'
      return { isProven, why: `No operator's probe has reached this node ${since}: is UDP port ${port} open to it?` }
    },
  }
}
