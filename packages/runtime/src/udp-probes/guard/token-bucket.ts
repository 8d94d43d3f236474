/** So many per second, and so many at once. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** Takes one token if there is one. */
export type TokenBucket = (now: number) => boolean

/** `now` is monotonic milliseconds. */
export function createTokenBucket({ perSecond, burst }: Rate, since: number): TokenBucket {
  let tokens = burst
  let at = since
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - at) * perSecond) / 1000)
    at = now
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}
