import type { NodeState } from '../domain/node.ts'
import { healthDefaults } from './defaults.ts'
import type { NodeTrack } from './node-track.ts'
import { hintUntil, isProven, latest, leaderVantage } from './vantage.ts'

/** What other nodes say about a node that is silent at the leader. Names are sorted. */
export interface Witnesses {
  /** Had proof of life after the silence began. */
  readonly hearing: readonly string[]
  /** When that stops counting, for each of them. */
  readonly hearingUntil: readonly number[]
  /** Their path had worked, and they have reported silence after it began: a second vantage point, on another node than ours. */
  readonly agreeing: readonly string[]
  readonly hintUntil: number | undefined
  /** The last report since the silence began. */
  readonly reportedAt: number | undefined
}

export function witnessesOf(
  node: NodeState,
  track: NodeTrack,
  {
    since,
    names,
    now,
    ownNode,
  }: {
    readonly since: number
    readonly names: ReadonlySet<string>
    readonly now: number
    readonly ownNode: string | undefined
  },
): Witnesses {
  const all = [...track.vantages]
    .filter(([name]) => name !== leaderVantage && name !== node.facts.name && names.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const hearing = all.flatMap(([name, { silentSince, lastReplyAt }]) => {
    if (silentSince !== undefined || lastReplyAt === undefined || lastReplyAt < since) return []
    const until = lastReplyAt + healthDefaults.replyCountsFor
    return now < until ? [{ name, until }] : []
  })
  const reported = all.filter(([, { reportedAt }]) => reportedAt >= since)
  return {
    hearing: hearing.map(({ name }) => name),
    hearingUntil: hearing.map(({ until }) => until),
    agreeing: reported
      .filter(([name]) => name !== ownNode)
      .filter(([, witness]) => isProven(witness, node) && witness.silentSince !== undefined)
      .map(([name]) => name),
    hintUntil: latest(all.map(([, witness]) => hintUntil(witness))),
    reportedAt: latest(reported.map(([, { reportedAt }]) => reportedAt)),
  }
}
