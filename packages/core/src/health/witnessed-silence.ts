import type { NodeState } from '../domain/node.ts'
import { healthDefaults } from './defaults.ts'
import type { HealthInput } from './health-input.ts'
import type { Judgement } from './judgement.ts'
import type { NodeTrack, VantageTrack } from './node-track.ts'
import type { Surroundings } from './surroundings.ts'
import { hintUntil, isProven, lastSignOfLife, latest, leaderVantage } from './vantage.ts'

/** Who has heard the node before, and does not any more. */
interface SilentWitness {
  readonly name: string
  readonly since: number
  readonly misses: number
}

/**
 * A holder that this process has no proven path to: it may have begun to lead in the moment in which the holder died with
 * the leader before, or somebody keeps its probes alone from arriving. Others may have heard the holder, and then silence
 * at one witness more than else takes the place of that here. Whoever else has heard it since shows that what a witness
 * does not hear is its own affair; anything that answers in its place ends it. The dead hold nothing any more once they
 * were left, and are dead all the same.
 */
export function judgeWitnessedSilence(
  node: NodeState,
  track: NodeTrack,
  { holders, ownNode, now }: HealthInput,
  { names }: Surroundings,
): Judgement {
  const { name } = node.facts
  const detection = holders.get(name) ?? healthDefaults.detection
  const aliveAt = lastSignOfLife(node, track)
  const silent = [...track.vantages]
    .filter(([vantage]) => ![leaderVantage, name, ownNode].includes(vantage) && names.has(vantage))
    .flatMap(([vantage, heard]) => silentWitness(vantage, heard, node))
    .filter(({ since }) => aliveAt === undefined || since > aliveAt)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  if (silent.length < witnessesNeeded(detection)) return {}
  const hint = latest([...track.vantages.values()].map(hintUntil))
  if (hint !== undefined && now < hint) return { changesAt: [hint] }

  const patience = detection.misses * detection.interval
  const enough = (misses: number, time: number): readonly SilentWitness[] =>
    silent.filter((witness) => witness.misses >= misses && now >= witness.since + time)
  const reportedAt = latest(silent.map(({ name: of }) => track.vantages.get(of)?.reportedAt)) ?? now
  const askAt = reportedAt + detection.interval
  const settled = enough(detection.misses, patience)
  const words = `${name} silent at ${silent.map(({ name: of }) => of).join(', ')}, which had heard it`
  if (settled.length >= witnessesNeeded(detection)) {
    return { finding: { verdict: 'dead', reason: 'ProbesSilent', message: `${words}; the leader had not` } }
  }
  const isDoubtful = enough(healthDefaults.suspectMisses, 0).length >= witnessesNeeded(detection)
  return {
    ...(isDoubtful ? { finding: { verdict: 'suspect', reason: 'ProbesMissed', message: words } } : {}),
    questions: now >= askAt ? [{ kind: 'witnesses', node: name }] : [],
    changesAt: [askAt, ...silent.map(({ since }) => since + patience)],
  }
}

/** One more than where the leader itself has a proven path. */
function witnessesNeeded({ witnesses }: { readonly witnesses: number }): number {
  return Math.max(2, witnesses + 1)
}

function silentWitness(name: string, heard: VantageTrack, node: NodeState): readonly SilentWitness[] {
  const { silentSince: since, misses } = heard
  return since !== undefined && isProven(heard, node) ? [{ name, since, misses }] : []
}
