import type { NodeState } from '../domain/node.ts'
import { healthDefaults } from './defaults.ts'
import type { NodeTrack, VantageTrack } from './node-track.ts'

/** The vantage point of this process. Every other one is the name of a node. */
export const leaderVantage = 'leader'

/** Whether the path counts: it has worked since the node's boot. */
export function isProven(track: VantageTrack, node: NodeState): boolean {
  const otherBoot = track.bootID !== undefined && node.bootID !== undefined && track.bootID !== node.bootID
  return track.provenAt !== undefined && !otherBoot
}

/** Until when its last answer that proves nothing holds off a verdict; `undefined` when its last answer was a proof. */
export function hintUntil(track: VantageTrack): number | undefined {
  if (track.lastHintAt === undefined || track.lastHintAt < (track.lastReplyAt ?? Number.NEGATIVE_INFINITY))
    return undefined
  return track.lastHintAt + healthDefaults.hintCountsFor
}

/** When anybody last had proof of life of the node. */
export function lastReplyAt(track: NodeTrack | undefined): number | undefined {
  return latest([...(track?.vantages.values() ?? [])].map((vantage) => vantage.lastReplyAt))
}

/** Anybody's proof of life, or a renewal of its Lease: local monotonic milliseconds. */
export function lastSignOfLife({ leaseSeenAt }: NodeState, track: NodeTrack | undefined): number | undefined {
  const renewedAt = leaseSeenAt === undefined ? undefined : leaseSeenAt - healthDefaults.renewalLag
  return latest([lastReplyAt(track), renewedAt])
}

export function latest(times: Iterable<number | undefined>): number | undefined {
  let result: number | undefined
  for (const time of times) if (time !== undefined && (result === undefined || time > result)) result = time
  return result
}
