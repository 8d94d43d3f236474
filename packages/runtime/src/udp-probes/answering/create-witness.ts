import type { Clock } from '@failover-ip/provider'
import type { ChannelProber } from '../asking/create-prober.ts'
import type { Testimony, Witness } from './responder.ts'

/** Questions that are being looked into at once: a leader asks about each holder every two seconds at least. */
const mostQuestions = 512

/** Answers what is heard of a node by probing it afresh; each look ends by itself, or with the prober. */
export function createWitness(clock: Clock, prober: ChannelProber): Witness {
  const { signal } = new AbortController()
  let open = 0
  return async ({ about, address, patience }) => {
    if (open >= mostQuestions) return 'busy'
    const lastReply = prober.lastReply(about)
    open += 1
    try {
      const { kind, sentAt, at, bootID } = await prober.probe({ node: about, address, interval: patience }, { signal })
      const now = clock.monotonic()
      return {
        heard: kind,
        sentAgo: now - sentAt,
        heardAgo: now - at,
        ...(bootID === undefined ? {} : { bootID }),
        ...(lastReply === undefined ? {} : { lastReply: { ago: now - lastReply.at, bootID: lastReply.bootID } }),
      } satisfies Testimony
    } catch {
      // It could not even look (no address, no socket, or the end): it has nothing to say.
      return undefined
    } finally {
      open -= 1
    }
  }
}
