import type { Clock } from '@failover-ip/provider'

/** Of the account: how many requests of any kind in each sliding window. */
export interface RequestWindow {
  readonly requests: number
  readonly seconds: number
}

export interface RateLimit {
  /** Counts a request. `headers` are those of its answer; `retryAfterSeconds` is `null` when it is admitted. */
  next(): { readonly headers: Readonly<Record<string, string>>; readonly retryAfterSeconds: number | null }
}

/** DigitalOcean's documented windows. */
export const documentedWindows: readonly RequestWindow[] = [
  { requests: 5000, seconds: 3600 },
  { requests: 250, seconds: 60 },
]

/** Refused requests are not counted. */
export function createRateLimit(clock: Clock, windows: readonly RequestWindow[]): RateLimit {
  const longest = Math.max(0, ...windows.map(({ seconds }) => seconds))
  let times: readonly number[] = []
  return {
    next: () => {
      const now = clock.monotonic()
      times = times.filter((time) => time > now - longest * 1000)
      const within = (seconds: number): readonly number[] => times.filter((time) => time > now - seconds * 1000)
      const full = windows.find(({ requests, seconds }) => within(seconds).length >= requests)
      const wait = full === undefined ? null : (within(full.seconds)[0] ?? now) + full.seconds * 1000 - now
      if (wait === null) times = [...times, now]
      const [shown] = windows
      const left = (shown?.requests ?? 0) - times.length
      const resetIn = wait ?? (times[0] ?? now) + longest * 1000 - now
      return {
        headers: {
          'ratelimit-limit': String(shown?.requests ?? 0),
          'ratelimit-remaining': String(Math.max(0, left)),
          'ratelimit-reset': String(Math.ceil((clock.now() + resetIn) / 1000)),
        },
        retryAfterSeconds: wait === null ? null : Math.ceil(wait / 1000),
      }
    },
  }
}
