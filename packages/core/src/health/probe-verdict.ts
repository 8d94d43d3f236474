import type { NodeState } from '../domain/node.ts'
import { healthDefaults } from './defaults.ts'
import type { HealthInput } from './health-input.ts'
import type { Finding, Judgement } from './judgement.ts'
import { isLeaseFresh, isLeaseOverdue, leaseOverdueAt } from './lease.ts'
import type { NodeTrack, VantageTrack } from './node-track.ts'
import { holdsAnother, trackOf, type Surroundings } from './surroundings.ts'
import { hintUntil, isProven, latest, leaderVantage } from './vantage.ts'
import type { Question } from './verdict.ts'
import { judgeWitnessedSilence } from './witnessed-silence.ts'
import { witnessesOf, type Witnesses } from './witnesses.ts'

/** A proven path of the leader that has fallen silent, with all that bears on it. */
interface Silence {
  readonly node: NodeState
  readonly leader: VantageTrack
  readonly since: number
  readonly detection: typeof healthDefaults.detection
  readonly witnesses: Witnesses
  readonly hintUntil: number | undefined
  /** A node that is neither this one nor our own. */
  readonly hearsAnother: boolean
  /** Our own one counts, too. */
  readonly hearsSomebody: boolean
}

/** What probes say: the fast verdict. A path that never worked says nothing; then those of witnesses may. */
export function judgeProbes(node: NodeState, input: HealthInput, around: Surroundings): Judgement {
  const track = trackOf(input, node.facts.name)
  const leader = track?.vantages.get(leaderVantage)
  if (track === undefined) return {}
  if (leader === undefined || !isProven(leader, node)) return judgeWitnessedSilence(node, track, input, around)
  if (leader.silentSince === undefined) return judgeHint(node, leader, input.now)
  if (leader.misses < healthDefaults.suspectMisses) return {}
  const silence = silenceOf(node, track, leader, leader.silentSince, input, around)
  const finding = contradiction(silence, input) ?? verdict(silence, input, around)
  return {
    finding,
    questions: questions(silence, input, around),
    changesAt: changes(silence, finding),
  }
}

/** Its responder is gone, its kernel perhaps not. */
function judgeHint({ facts }: NodeState, leader: VantageTrack, now: number): Judgement {
  const until = hintUntil(leader)
  if (until === undefined || now >= until) return {}
  const message = `${facts.name} answers probes only with handshakes or refusals`
  return { finding: { verdict: 'suspect', reason: 'ProbesMissed', message }, changesAt: [until] }
}

function silenceOf(
  node: NodeState,
  track: NodeTrack,
  leader: VantageTrack,
  since: number,
  input: HealthInput,
  around: Surroundings,
): Silence {
  const { name } = node.facts
  const { now, ownNode } = input
  const witnesses = witnessesOf(node, track, { since, names: around.names, now, ownNode })
  const heard = [...around.heardAt].flatMap(([other, at]) => (other !== name && at >= since ? [other] : []))
  return {
    node,
    leader,
    since,
    detection: input.holders.get(name) ?? healthDefaults.detection,
    witnesses,
    hintUntil: latest([hintUntil(leader), witnesses.hintUntil]),
    hearsAnother: heard.some((other) => other !== ownNode),
    hearsSomebody: heard.length > 0,
  }
}

/** Evidence of life since the silence began. */
function contradiction({ node, since, witnesses, hintUntil }: Silence, { now }: HealthInput): Finding | undefined {
  const { name } = node.facts
  const silent = `${name} silent at the leader`
  if (witnesses.hearing.length > 0) {
    const message = `${silent}, but heard at ${witnesses.hearing.join(', ')}`
    return { verdict: 'suspect', reason: 'WitnessDisagrees', message }
  }
  const suspect = (message: string): Finding => ({ verdict: 'suspect', reason: 'ProbesMissed', message })
  if (hintUntil !== undefined && now < hintUntil) return suspect(`${silent}, but something answers at its address`)
  const renewed = node.leaseSeenAt !== undefined && node.leaseSeenAt >= since + healthDefaults.renewalLag
  if (renewed && isLeaseFresh(node, now)) return suspect(`${silent}, but its Lease was renewed since`)
  return undefined
}

function verdict(silence: Silence, { now, kubernetes }: HealthInput, around: Surroundings): Finding {
  const { node, detection, witnesses, hearsAnother, hearsSomebody } = silence
  const { name } = node.facts
  const silent = `${name} silent at the leader`
  const dead = (message: string): Finding => ({ verdict: 'dead', reason: 'ProbesSilent', message })
  if (!lasts(silence, 1, now)) return { verdict: 'suspect', reason: 'ProbesMissed', message: silent }
  if (hearsAnother && witnesses.agreeing.length >= detection.witnesses) {
    return dead([silent, ...at(witnesses.agreeing)].join(' and '))
  }
  if (hearsSomebody) {
    if (isLeaseOverdue(node, now) && holdsAnother(around.leaseFresh, name))
      return dead(`${silent}, and its Lease is not renewed`)
    if (!kubernetes && lasts(silence, 2, now)) return dead(`${silent}, which still hears others`)
  }
  if (around.open.length === 0) {
    return { verdict: 'suspect', reason: 'Held', message: `${silent}, which hears no node at all` }
  }
  return {
    verdict: 'suspect',
    reason: 'ProbesMissed',
    message: `${silent}, and nobody else was able to confirm it yet`,
  }
}

function lasts({ leader, since, detection }: Silence, times: number, now: number): boolean {
  const misses = times * detection.misses
  return leader.misses >= misses && now >= since + misses * detection.interval
}

function at(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`at ${names.join(', ')}`]
}

function questions(silence: Silence, input: HealthInput, around: Surroundings): readonly Question[] {
  const { node, leader, detection, witnesses, hearsAnother } = silence
  const { name } = node.facts
  const { now, ownNode } = input
  const asked: Question[] = []
  const askedLately = witnesses.reportedAt !== undefined && now < witnesses.reportedAt + healthDefaults.askAgainAfter
  if (!askedLately && holdsAnother(around.names, name)) asked.push({ kind: 'witnesses', node: name })
  if (now >= leader.reportedAt + detection.interval) asked.push({ kind: 'freshProbe', node: name })
  if (!hearsAnother) {
    const others = around.open.filter((other) => other !== ownNode).slice(0, healthDefaults.freshProbes)
    asked.push(...others.map((other): Question => ({ kind: 'freshProbe', node: other })))
  }
  return asked
}

function changes(
  { node, leader, since, detection, witnesses, hintUntil }: Silence,
  { verdict: judged }: Finding,
): readonly (number | undefined)[] {
  const patience = detection.misses * detection.interval
  const { reportedAt } = witnesses
  const askAgainAt = reportedAt === undefined ? undefined : reportedAt + healthDefaults.askAgainAfter
  return [
    since + patience,
    since + 2 * patience,
    // Nothing is asked about who is dead.
    ...(judged === 'dead' ? [] : [leader.reportedAt + detection.interval, askAgainAt]),
    ...witnesses.hearingUntil,
    hintUntil,
    leaseOverdueAt(node),
  ]
}
