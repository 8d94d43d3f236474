import type { Clock } from '@failover-ip/provider'
import type { Nonce } from '../wire/probe-message.ts'

export interface ReplayGuardOptions {
  readonly clock: Clock
  /** Milliseconds by which a session's first request may differ from the clock here, either way. */
  readonly window?: number
  /** How many sessions are remembered. */
  readonly mostSessions?: number
}

/** Why a request is not answered. `skewed`: out of the window. `crowded`: no room to remember another session. */
export type ReplayFault = 'replayed' | 'skewed' | 'crowded'

/** Sees to it that each authentic request is answered once at most. */
export interface ReplayGuard {
  admit(request: { readonly nonce: Nonce; readonly time: number }): 'fresh' | ReplayFault
}

interface Session {
  usedAt: number
  /** Every number up to this one counts as seen. */
  floor: number
  /** The latest that were seen above it, in the order of their arrival. */
  readonly seen: Set<number>
}

/** Requests may overtake each other by so many. */
const mostSeen = 32

/**
 * Only the first request of a session is held against the clock; the others by their numbers alone. So a path that
 * works goes on working when somebody sets a clock, which must never look like a death.
 */
export function createReplayGuard(options: ReplayGuardOptions): ReplayGuard {
  const { clock, window = 300_000, mostSessions = 1024 } = options
  /** The one that was used longest ago comes first. */
  const sessions = new Map<string, Session>()

  /** A session may be forgotten once its requests have left the window: nobody can open it again with one of them. */
  const makeRoom = (now: number): boolean => {
    if (sessions.size < mostSessions) return true
    for (const [name, { usedAt }] of sessions) {
      if (now - usedAt <= 2 * window) return false
      sessions.delete(name)
      return true
    }
    return false
  }

  return {
    admit: ({ nonce, time }) => {
      const now = clock.monotonic()
      const known = sessions.get(nonce.session)
      if (known === undefined) {
        if (Math.abs(time - clock.now()) > window) return 'skewed'
        if (!makeRoom(now)) return 'crowded'
        sessions.set(nonce.session, { usedAt: now, floor: -1, seen: new Set([nonce.sequence]) })
        return 'fresh'
      }
      if (nonce.sequence <= known.floor || known.seen.has(nonce.sequence)) return 'replayed'
      known.seen.add(nonce.sequence)
      if (known.seen.size > mostSeen) {
        const [oldest = -1] = known.seen
        known.seen.delete(oldest)
        known.floor = Math.max(known.floor, oldest)
      }
      known.usedAt = now
      sessions.delete(nonce.session)
      sessions.set(nonce.session, known)
      return 'fresh'
    },
  }
}
