import { recordEvidence, type VantageTrack } from '../health/node-track.ts'
import { leaderVantage } from '../health/vantage.ts'
import type { ProbeEvidence, Prober, ProbeTarget } from '../ports/prober.ts'

/** What this process has heard of a node by its own probes, whoever led at the time. */
export interface ProbePath {
  readonly target: ProbeTarget
  /** Local monotonic milliseconds since which it is probed there. */
  readonly since: number
  /** Local monotonic milliseconds since which it is probed in this rhythm. */
  readonly rhythmSince: number
  /** The longest time between two proofs of life in this rhythm, in milliseconds: how near a living node came to a verdict. */
  readonly longestSilence: number
  /** `undefined` before the first word. */
  readonly heard: VantageTrack | undefined
}

/** A prober that outlives terms of leadership, so that a new term begins with what was heard before it. */
export interface StandingProber extends Prober {
  /** Whom to probe while no engine listens. */
  standBy(targets: readonly ProbeTarget[]): void
  /** Of the nodes that are probed now, by name. */
  readonly paths: ReadonlyMap<string, ProbePath>
}

/**
 * Keeps the paths of a process proven that does not lead, and gives what was heard to the engine of each new term when
 * it names its targets: the last proof of life, and the silence since. An address that changes is another path.
 */
export function createStandingProber(prober: Prober, clock: { monotonic(): number }): StandingProber {
  const paths = new Map<string, ProbePath>()
  const listeners = new Set<(evidence: ProbeEvidence) => void>()
  /** Engines that have not named their targets yet. */
  const newcomers = new Set<(evidence: ProbeEvidence) => void>()
  let standing: readonly ProbeTarget[] = []

  const probe = (targets: readonly ProbeTarget[]): void => {
    const wanted = new Map(targets.map((target) => [target.node, target]))
    for (const node of paths.keys()) if (!wanted.has(node)) paths.delete(node)
    for (const [node, target] of wanted) {
      const known = paths.get(node)
      const now = clock.monotonic()
      const rhythm = { target, rhythmSince: now, longestSilence: 0 }
      if (known?.target.address !== target.address) paths.set(node, { ...rhythm, since: now, heard: undefined })
      else if (known.target.interval !== target.interval) paths.set(node, { ...known, ...rhythm })
    }
    prober.watch(targets)
  }
  const tellNewcomers = (): void => {
    const untold = [...newcomers]
    newcomers.clear()
    if (untold.length === 0) return
    const history = [...paths].flatMap(([node, { heard }]) => (heard === undefined ? [] : evidenceOf(node, heard)))
    for (const listener of untold) for (const evidence of history) listener(evidence)
  }

  prober.listen((evidence) => {
    const path = paths.get(evidence.node)
    if (path !== undefined && evidence.vantage === leaderVantage) {
      const longestSilence = Math.max(path.longestSilence, silenceEndedBy(evidence, path))
      paths.set(evidence.node, { ...path, longestSilence, heard: heardWith(path.heard, evidence) })
    }
    for (const listener of listeners) listener(evidence)
  })

  return {
    paths,
    standBy: (targets) => {
      standing = targets
      if (listeners.size === 0) probe(standing)
    },
    watch: (targets) => {
      // An engine that has ended takes its targets back.
      probe(listeners.size === 0 ? standing : targets)
      tellNewcomers()
    },
    listen: (listener) => {
      listeners.add(listener)
      newcomers.add(listener)
      return () => {
        listeners.delete(listener)
        newcomers.delete(listener)
        if (listeners.size === 0) probe(standing)
      }
    },
    probe: (target, options) => prober.probe(target, options),
    askWitnesses: (target, witnesses, options) => prober.askWitnesses(target, witnesses, options),
  }
}

function heardWith(heard: VantageTrack | undefined, evidence: ProbeEvidence): VantageTrack | undefined {
  const before = heard === undefined ? undefined : { vantages: new Map([[evidence.vantage, heard]]) }
  return recordEvidence(before, evidence).vantages.get(evidence.vantage)
}

/** Milliseconds; none while the first answer in this rhythm is waited for. */
function silenceEndedBy({ kind, at }: ProbeEvidence, { heard, rhythmSince }: ProbePath): number {
  if (kind !== 'reply' || heard?.lastReplyAt === undefined) return 0
  return at - Math.max(heard.lastReplyAt, rhythmSince)
}

/** More than any policy asks for. */
const mostSilences = 100

/** Evidence that leads to the same conclusions as all that was heard. */
function evidenceOf(
  node: string,
  { lastReplyAt, lastHintAt, silentSince, misses, reportedAt, bootID }: VantageTrack,
): readonly ProbeEvidence[] {
  const base = { node, vantage: leaderVantage }
  const heardAt = (kind: 'reply' | 'refused', at: number | undefined): readonly ProbeEvidence[] =>
    at === undefined ? [] : [{ ...base, kind, at, sentAt: at, ...(bootID === undefined ? {} : { bootID }) }]
  const silences = silentSince === undefined ? 0 : Math.min(misses, mostSilences)
  return [
    ...heardAt('reply', lastReplyAt),
    ...heardAt('refused', lastHintAt),
    ...Array.from({ length: silences }, () => ({
      ...base,
      kind: 'silence' as const,
      at: reportedAt,
      sentAt: silentSince ?? reportedAt,
    })),
  ]
}
