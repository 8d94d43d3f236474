import { healthDefaults } from './defaults.ts'
import type { HealthInput } from './health-input.ts'
import { isLeaseFresh } from './lease.ts'
import type { NodeTrack } from './node-track.ts'
import { isProven, lastReplyAt, latest, leaderVantage } from './vantage.ts'

/** What is known beyond the one node that is judged: it tells a dead node from a blind leader. */
export interface Surroundings {
  readonly names: ReadonlySet<string>
  /** When the leader last heard a node: by its reply, or by what its witness reported. */
  readonly heardAt: ReadonlyMap<string, number>
  /** Paths of the leader that once worked and are not silent, by name. */
  readonly open: readonly string[]
  /** Nodes whose Lease is being renewed. */
  readonly leaseFresh: ReadonlySet<string>
  /** Nodes that answer somebody, or are Ready. */
  readonly showLife: ReadonlySet<string>
}

export function surroundings(input: HealthInput): Surroundings {
  const { nodes, now } = input
  const track = (name: string): NodeTrack | undefined => trackOf(input, name)
  const names = new Set(nodes.map(({ facts }) => facts.name))
  return {
    names,
    heardAt: heardAt(input, names),
    open: nodes
      .filter((node) => {
        const leader = track(node.facts.name)?.vantages.get(leaderVantage)
        return leader !== undefined && isProven(leader, node) && leader.silentSince === undefined
      })
      .map(({ facts }) => facts.name)
      .sort(),
    leaseFresh: new Set(nodes.filter((node) => isLeaseFresh(node, now)).map(({ facts }) => facts.name)),
    showLife: new Set(
      nodes
        .filter((node) => node.ready === 'True' || answers(track(node.facts.name), now))
        .map(({ facts }) => facts.name),
    ),
  }
}

/** The node's track; none where nobody probes. */
export function trackOf({ probing, tracks }: HealthInput, name: string): NodeTrack | undefined {
  return probing ? tracks.get(name) : undefined
}

/** Whether anybody had proof of life lately, one lost packet or two notwithstanding. */
export function answers(track: NodeTrack | undefined, now: number): boolean {
  const until = answersUntil(track)
  return until !== undefined && now < until
}

/** When the last reply stops counting. */
export function answersUntil(track: NodeTrack | undefined): number | undefined {
  const repliedAt = lastReplyAt(track)
  return repliedAt === undefined ? undefined : repliedAt + healthDefaults.replyCountsFor
}

/** Whether the set holds anything but the name. */
export function holdsAnother(set: ReadonlySet<string>, name: string): boolean {
  return set.size > (set.has(name) ? 1 : 0)
}

function heardAt(input: HealthInput, names: ReadonlySet<string>): ReadonlyMap<string, number> {
  const heard = new Map<string, number>()
  const hear = (name: string, at: number | undefined): void => {
    const last = latest([heard.get(name), at])
    if (last !== undefined) heard.set(name, last)
  }
  for (const name of names) {
    for (const [vantage, track] of trackOf(input, name)?.vantages ?? []) {
      if (vantage === leaderVantage) hear(name, track.lastReplyAt)
      else if (names.has(vantage) && vantage !== name) hear(vantage, track.reportedAt)
    }
  }
  return heard
}
