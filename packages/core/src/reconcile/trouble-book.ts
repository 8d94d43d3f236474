import type { Clock } from '@failover-ip/provider'
import { earliest } from '../plan/earliest.ts'
import { backOff } from './back-off.ts'
import type { FailoverEvent } from './failover-event.ts'

/** Defects of ours that hit single FailoverIPs. Each is told when it comes up, and then less and less often. */
export interface TroubleBook {
  /** What a turn found, by key. Whoever is not in it is well again. */
  note(failures: ReadonlyMap<string, unknown>): void
  /** When to try again although nothing is new; `undefined`: nothing is wrong. */
  readonly tryAgainAt: number | undefined
}

export interface TroubleBookOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly onTrouble: (error: unknown) => void
  readonly onEvent: (event: FailoverEvent) => void
}

/** A step that decides on one FailoverIP threw: a defect. */
export class InternalError extends Error {
  override readonly name: string = 'InternalError'
  readonly code = 'InternalError' as const
  readonly key: string

  constructor(key: string, cause: unknown) {
    super(`${key} cannot be handled because of a defect; please report this with the cause`, { cause })
    this.key = key
  }
}

export function createTroubleBook({ clock, random, onTrouble, onEvent }: TroubleBookOptions): TroubleBook {
  const troubles = new Map<string, { readonly text: string; readonly times: number; readonly until: number }>()
  const tell = (key: string, cause: unknown): void => {
    onTrouble(new InternalError(key, cause))
    const summary = 'A defect of failover-ip keeps it from being handled; please report what is logged of it.'
    onEvent({ at: clock.now(), key, type: 'Warning', reason: 'Problem', problem: 'InternalError', summary })
  }
  return {
    note: (failures) => {
      for (const key of troubles.keys()) if (!failures.has(key)) troubles.delete(key)
      for (const [key, cause] of failures) {
        const text = String(cause)
        const old = troubles.get(key)
        if (old?.text === text && clock.monotonic() < old.until) continue
        const times = old?.text === text ? old.times + 1 : 1
        troubles.set(key, { text, times, until: clock.monotonic() + backOff(times, random) })
        tell(key, cause)
      }
    },
    get tryAgainAt() {
      return earliest([...troubles.values()].map(({ until }) => until))
    },
  }
}
