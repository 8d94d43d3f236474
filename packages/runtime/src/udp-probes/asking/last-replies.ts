import type { Clock } from '@failover-ip/provider'

export interface LastReply {
  /** Local monotonic milliseconds. */
  readonly at: number
  readonly bootID: string
}

/** The last proof of life of each node: what a path that has worked is known by. */
export interface LastReplies {
  note(node: string, reply: { readonly bootID: string; readonly time: number }): void
  /** Of the last half minute. */
  of(node: string): LastReply | undefined
  /** Wall time on the node's clock, as far as it is known: its own differs from ours, and may be set. */
  timeAt(node: string): number
}

/**
 * Proofs count for so long (ms) at whoever was not there: longer than the election of a leader takes, too short for a
 * firewall to have been closed since by chance.
 */
const proofLife = 30_000
/** More nodes than a cluster has; whoever was heard longest ago goes. */
const mostNodes = 16_384

export function createLastReplies(clock: Clock): LastReplies {
  const replies = new Map<string, LastReply & { readonly time: number }>()
  return {
    note: (node, { bootID, time }) => {
      replies.delete(node)
      replies.set(node, { at: clock.monotonic(), bootID, time })
      if (replies.size <= mostNodes) return
      const [oldest = node] = replies.keys()
      replies.delete(oldest)
    },
    of: (node) => {
      const reply = replies.get(node)
      if (reply === undefined || clock.monotonic() - reply.at > proofLife) return undefined
      return { at: reply.at, bootID: reply.bootID }
    },
    timeAt: (node) => {
      const reply = replies.get(node)
      return reply === undefined ? clock.now() : reply.time + (clock.monotonic() - reply.at)
    },
  }
}
