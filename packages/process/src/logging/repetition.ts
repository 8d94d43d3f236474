import type { Clock } from '@failover-ip/provider'

/** Milliseconds after which the same sentence is news again. */
const silence = 600_000
/** Sentences remembered; of more than that the oldest is forgotten. */
const remembered = 256

/** Keeps what fails again and again from filling the log: true for a sentence that was not said a while ago. */
export function createRepetition(clock: Clock): (sentence: string) => boolean {
  const saidAt = new Map<string, number>()
  return (sentence) => {
    const now = clock.monotonic()
    const last = saidAt.get(sentence)
    if (last !== undefined && now - last < silence) return false
    saidAt.delete(sentence)
    saidAt.set(sentence, now)
    for (const oldest of saidAt.keys()) {
      if (saidAt.size <= remembered) break
      saidAt.delete(oldest)
    }
    return true
  }
}
