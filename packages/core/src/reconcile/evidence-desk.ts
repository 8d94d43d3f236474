import type { Clock, ServerState } from '@failover-ip/provider'
import type { NodeState } from '../domain/node.ts'
import { isRoutine, recordEvidence, withoutVantage, type NodeTrack } from '../health/node-track.ts'
import type { Question, Verdict } from '../health/verdict.ts'
import type { LiveNode, NodeReader } from '../ports/node-reader.ts'
import type { ProbeEvidence, Prober, ProbeTarget } from '../ports/prober.ts'
import { earliest } from '../plan/earliest.ts'
import { withDeadline } from '../routing/deadline.ts'
import { defaults } from './defaults.ts'
import { createServerStateDesk, type ServerWhereabouts } from './server-state-desk.ts'

export interface EvidenceDeskOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly prober: Prober
  readonly nodeReader: NodeReader | undefined
  /** As it is now. */
  readonly verdictOf: (node: string) => Verdict | undefined
  readonly signal: AbortSignal
  readonly onNews: () => void
  readonly track: (task: Promise<void>) => void
}

/** What is known of nodes by asking: probes, witnesses, live reads, the cloud. One question of a kind and node at a time. */
export interface EvidenceDesk {
  readonly tracks: ReadonlyMap<string, NodeTrack>
  readonly liveNodes: ReadonlyMap<string, { readonly node: LiveNode; readonly at: number }>
  readonly serverStates: ReadonlyMap<string, { readonly state: ServerState; readonly at: number }>
  /** `false`: it is as before and changes nothing. Evidence of nodes that are not in the cluster (any more) is dropped. */
  record(evidence: ProbeEvidence): boolean
  /** Asks what has not been asked a moment ago. Returns the local monotonic moment to ask again. */
  ask(questions: readonly Question[], about: QuestionContext): number | undefined
  /**
   * Asks witnesses slowly: about nodes that are well, since only a path that has worked counts when the node falls silent,
   * and about dead ones, which may come back. Returns the local monotonic moment to ask again.
   */
  watch(nodes: Iterable<string>, about: QuestionContext): number | undefined
  /** Drops what is known of nodes that are gone, and of machines that another one of the same name has replaced. */
  keepOnly(nodes: ReadonlyMap<string, NodeState>): void
}

export interface QuestionContext {
  readonly nodes: ReadonlyMap<string, NodeState>
  readonly verdictOf: (node: string) => Verdict | undefined
  readonly serverOf: (node: string) => ServerWhereabouts | undefined
  /** Whose agents probe the node all the time, so that their paths are proven: the best standbys of what it holds. */
  readonly standingWitnesses: (node: string) => readonly string[]
}

const witnessesAsked = 3

export function createEvidenceDesk(options: EvidenceDeskOptions): EvidenceDesk {
  const { clock, prober, nodeReader, verdictOf, signal, onNews, track } = options
  const tracks = new Map<string, NodeTrack>()
  const liveNodes = new Map<string, { node: LiveNode; at: number }>()
  const serverStates = new Map<string, { state: ServerState; at: number }>()
  const states = createServerStateDesk({
    ...options,
    onAnswer: (node, uid, state, at) => {
      if (machines.get(node) === uid) serverStates.set(node, { state, at })
    },
  })
  const asking = new Set<string>()
  const askedAt = new Map<string, number>()
  const machines = new Map<string, string>()

  const record = (evidence: ProbeEvidence): boolean => {
    const { node, vantage } = evidence
    if (!machines.has(node)) return false
    const before = tracks.get(node)
    tracks.set(node, recordEvidence(before, evidence))
    return !isRoutine(evidence, before?.vantages.get(vantage), verdictOf(node))
  }
  /** `false`: the answer is as before and changes nothing. */
  const answers = async ({ kind, node }: NodeQuestion, about: QuestionContext): Promise<boolean> => {
    const state = about.nodes.get(node)
    const target = state === undefined ? undefined : probeTarget(state, defaults.candidateProbeInterval)
    switch (kind) {
      case 'freshProbe':
        if (target !== undefined) record(await within(1, (s) => prober.probe(target, { signal: s })))
        return true
      case 'witnesses': {
        const witnesses = witnessesFor(node, about)
        if (target === undefined || witnesses.length === 0) return false
        const heard = await within(1, (s) => prober.askWitnesses(target, witnesses, { signal: s }))
        return heard.map(record).includes(true)
      }
      case 'liveNode': {
        const at = clock.monotonic()
        const known = { leaseSeenAt: state?.leaseSeenAt }
        if (nodeReader === undefined) return false
        const live = await within(2, (s) => nodeReader.read(node, known, { signal: s }))
        if (machines.get(node) === state?.uid) liveNodes.set(node, { node: live, at })
        return true
      }
    }
  }
  const within = <T>(seconds: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline({ clock, milliseconds: seconds * 1000, signal, what: 'a question about a node' }, call)

  const askOne = async (id: string, again: number, question: NodeQuestion, about: QuestionContext): Promise<void> => {
    asking.add(id)
    // No answer is no evidence; it is asked again.
    const isNews = await answers(question, about).catch(() => false)
    asking.delete(id)
    if (isNews || clock.monotonic() >= again) onNews()
  }

  /**
   * Asks unless it was asked a pause ago (less `early`), or is being asked. Returns the local monotonic moment to ask again.
   */
  const askEvery = (milliseconds: number, question: NodeQuestion, about: QuestionContext, early = 0): number => {
    const now = clock.monotonic()
    const id = `${question.kind} ${question.node}`
    const dueAt = (askedAt.get(id) ?? Number.NEGATIVE_INFINITY) + milliseconds
    if (now < dueAt - early) return dueAt
    // Its end is told by the bell.
    if (asking.has(id)) return Number.POSITIVE_INFINITY
    askedAt.set(id, now)
    track(askOne(id, now + milliseconds, question, about))
    return now + milliseconds
  }

  return {
    tracks,
    liveNodes,
    serverStates,
    record,
    ask: (questions, about) => {
      const open = questions.flatMap(({ kind, node }) => {
        const found = kind === 'serverState' ? about.serverOf(node) : undefined
        return found === undefined ? [] : [{ ...found, node, uid: about.nodes.get(node)?.uid }]
      })
      const ofNodes = questions.filter((question): question is NodeQuestion => question.kind !== 'serverState')
      return earliest([states.ask(open), ...ofNodes.map((question) => askEvery(pause[question.kind], question, about))])
    },
    watch: (nodes, about) => {
      const { candidateProbeInterval: pause, askedAlong } = defaults
      return earliest([...nodes].map((node) => askEvery(pause, { kind: 'witnesses', node }, about, askedAlong)))
    },
    keepOnly: (nodes) => {
      for (const [node, uid] of machines) {
        if (nodes.get(node)?.uid === uid) continue
        machines.delete(node)
        for (const map of [tracks, liveNodes, serverStates]) map.delete(node)
        // As a witness, too: that its path had worked says nothing about another machine's.
        for (const [other, track] of tracks)
          if (track.vantages.has(node)) tracks.set(other, withoutVantage(track, node))
        for (const id of askedAt.keys()) if (id.endsWith(` ${node}`)) askedAt.delete(id)
      }
      for (const [node, { uid }] of nodes) machines.set(node, uid)
    },
  }
}

/** What is asked of each node by itself. */
type NodeQuestion = Question & { readonly kind: Exclude<Question['kind'], 'serverState'> }

/** Milliseconds between two questions of a kind about a node. */
const pause: Readonly<Record<NodeQuestion['kind'], number>> = {
  freshProbe: 100,
  witnesses: 200,
  liveNode: 1000,
}

export function probeTarget({ facts, probeAddress }: NodeState, interval: number): ProbeTarget | undefined {
  return probeAddress === undefined ? undefined : { node: facts.name, address: probeAddress, interval }
}

/** Nodes that are well and can be asked: standing witnesses first, then always the same ones, since their paths are then known. */
function witnessesFor(node: string, { nodes, verdictOf, standingWitnesses }: QuestionContext): readonly string[] {
  const able = [...nodes.values()]
    .filter(({ facts, probeAddress }) => facts.name !== node && probeAddress !== undefined)
    .map(({ facts }) => facts.name)
    .filter((name) => verdictOf(name) === 'healthy' || verdictOf(name) === 'leaving')
    .toSorted()
  const standing = standingWitnesses(node).filter((name) => able.includes(name))
  return [...new Set([...standing, ...able])].slice(0, witnessesAsked)
}
