import type { Reason } from '../domain/reasons.ts'

/** Why nothing is to be done for a while. */
export interface Hold {
  readonly reason: Reason
  readonly message: string
  /** Local monotonic milliseconds; `undefined`: until something changes. */
  readonly until: number | undefined
}
