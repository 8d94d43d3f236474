import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '@failover-ip/provider'

/** Watches for somebody else who keeps writing what this operator writes, such as a second operator of the same name. */
export interface ForeignStatusWrites {
  /** What this operator asked to be stored, or found stored of it. */
  own(uid: string, status: unknown): void
  /** For how many milliseconds a write upon this status has to rest; 0: not at all. */
  restBefore(uid: string, stored: unknown): Rest
  keepOnly(uids: { has(uid: string): boolean }): void
}

export interface Rest {
  readonly milliseconds: number
  /** The rest has begun just now. */
  readonly isNew: boolean
  /** It has become clear just now that somebody keeps at it. */
  readonly isNews: boolean
}

interface Watch {
  /** The last ones. */
  own: readonly unknown[]
  foreign: unknown
  /** How often somebody else has changed the status lately. */
  times: number
  changedAt: number
  restUntil: number
  isResting: boolean
}

/** So often somebody's change is put right at once: by hand, or by a leader of before whose last write came late. */
const freeTimes = 2
/** Milliseconds of the first rest; each is twice as long as the one before, up to the longest. */
const firstRest = 1000
const longestRest = 60_000
const noRest: Rest = { milliseconds: 0, isNew: false, isNews: false }

export function createForeignStatusWrites(clock: Pick<Clock, 'monotonic'>): ForeignStatusWrites {
  const watches = new Map<string, Watch>()
  return {
    own: (uid, status) => {
      const before = watches.get(uid)
      const own = [status, ...(before?.own ?? [])].slice(0, 2)
      watches.set(uid, { ...(before ?? calm), own, foreign: undefined })
    },
    restBefore: (uid, stored) => {
      const watch = watches.get(uid)
      if (watch === undefined || watch.own.some((each) => isDeepStrictEqual(each, stored))) return noRest
      const now = clock.monotonic()
      const isAnother = !isDeepStrictEqual(watch.foreign, stored)
      if (isAnother) {
        watch.times = now - watch.changedAt > 2 * longestRest ? 1 : watch.times + 1
        watch.changedAt = now
        watch.foreign = stored
        if (watch.times > freeTimes && now >= watch.restUntil) {
          watch.restUntil = now + Math.min(firstRest * 2 ** (watch.times - freeTimes - 1), longestRest)
          watch.isResting = false
        }
      }
      const milliseconds = Math.max(0, watch.restUntil - now)
      const isNew = milliseconds > 0 && !watch.isResting
      watch.isResting = milliseconds > 0
      return { milliseconds, isNew, isNews: isAnother && watch.times === freeTimes + 1 }
    },
    keepOnly: (uids) => {
      for (const uid of watches.keys()) if (!uids.has(uid)) watches.delete(uid)
    },
  }
}

const calm: Watch = {
  own: [],
  foreign: undefined,
  times: 0,
  changedAt: Number.NEGATIVE_INFINITY,
  restUntil: Number.NEGATIVE_INFINITY,
  isResting: false,
}
