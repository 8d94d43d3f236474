import type { ProbeEvidence } from '../ports/prober.ts'
import type { Verdict } from './verdict.ts'

/** What one vantage point has heard of a node: the fold of its evidence, of constant size. Times local monotonic. */
export interface VantageTrack {
  /** Proof of life since the node's boot: the path counts. `undefined`: unproven. */
  readonly provenAt: number | undefined
  readonly lastReplyAt: number | undefined
  readonly lastHintAt: number | undefined
  /** When the first probe without an answer since the last reply was sent. */
  readonly silentSince: number | undefined
  /** Probes without an answer since the last reply. */
  readonly misses: number
  /** When it last said anything, silence too. */
  readonly reportedAt: number
  readonly bootID: string | undefined
  /** Of the vantage point's own machine. */
  readonly vantageBootID: string | undefined
}

/** By vantage point: `leader`, or a witness's node name. */
export interface NodeTrack {
  readonly vantages: ReadonlyMap<string, VantageTrack>
}

/**
 * The track with one more piece of evidence. Late evidence (older than what is known) changes nothing it cannot prove. A
 * witness that has booted begins anew: its way out may be another, with a firewall that is closed.
 */
export function recordEvidence(track: NodeTrack | undefined, evidence: ProbeEvidence): NodeTrack {
  const { vantage, vantageBootID } = evidence
  const vantages = new Map(track?.vantages)
  const known = vantages.get(vantage)
  const old = isOfThisBoot(evidence, known) ? known : { ...unheard, vantageBootID }
  vantages.set(vantage, fold(old, evidence))
  return { vantages }
}

export function withoutVantage({ vantages }: NodeTrack, name: string): NodeTrack {
  return { vantages: new Map([...vantages].filter(([vantage]) => vantage !== name)) }
}

/** Life of a node that is well, or silence of one that is dead, at a vantage point that has told the same before. */
export function isRoutine(
  evidence: ProbeEvidence,
  before: VantageTrack | undefined,
  verdict: Verdict | undefined,
): boolean {
  if (!isOfThisBoot(evidence, before)) return false
  switch (verdict) {
    case 'healthy':
      return evidence.kind === 'reply' && before.provenAt !== undefined
    case 'dead':
      return evidence.kind === 'silence' && before.silentSince !== undefined
    default:
      return false
  }
}

/** Whether the vantage point has not booted since what is known of it. */
function isOfThisBoot({ vantageBootID }: ProbeEvidence, known: VantageTrack | undefined): known is VantageTrack {
  return known !== undefined && known.vantageBootID === vantageBootID
}

const unheard: VantageTrack = {
  provenAt: undefined,
  lastReplyAt: undefined,
  lastHintAt: undefined,
  silentSince: undefined,
  misses: 0,
  reportedAt: Number.NEGATIVE_INFINITY,
  bootID: undefined,
  vantageBootID: undefined,
}

function fold(old: VantageTrack, evidence: ProbeEvidence): VantageTrack {
  const reportedAt = Math.max(old.reportedAt, evidence.at)
  switch (evidence.kind) {
    case 'reply': {
      const late = old.lastReplyAt !== undefined && evidence.at < old.lastReplyAt
      const sameBoot = late || evidence.bootID === undefined || evidence.bootID === (old.bootID ?? evidence.bootID)
      const beforeSilence = old.silentSince !== undefined && evidence.at < old.silentSince
      return {
        ...old,
        reportedAt,
        provenAt: sameBoot ? (old.provenAt ?? evidence.at) : evidence.at,
        lastReplyAt: Math.max(old.lastReplyAt ?? evidence.at, evidence.at),
        ...(beforeSilence ? {} : { silentSince: undefined, misses: 0 }),
        bootID: late ? old.bootID : (evidence.bootID ?? old.bootID),
      }
    }
    case 'handshake':
    case 'refused':
      return { ...old, reportedAt, lastHintAt: Math.max(old.lastHintAt ?? evidence.at, evidence.at) }
    case 'silence': {
      const answeredSince = old.lastReplyAt !== undefined && old.lastReplyAt >= evidence.sentAt
      if (answeredSince) return { ...old, reportedAt }
      return {
        ...old,
        reportedAt,
        silentSince: Math.min(old.silentSince ?? evidence.sentAt, evidence.sentAt),
        misses: old.misses + 1,
      }
    }
  }
}
