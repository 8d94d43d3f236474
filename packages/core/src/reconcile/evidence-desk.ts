import type { Clock, ServerState } from '@failover-ip/provider'
import type { NodeState } from '../domain/node.ts'
import { recordEvidence, type NodeTrack } from '../health/node-track.ts'
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
  readonly signal: AbortSignal
  readonly onNews: () => void
  readonly track: (task: Promise<void>) => void
}

/** What is known of nodes by asking: probes, witnesses, live reads, the cloud. One question of a kind and node at a time. */
export interface EvidenceDesk {
  readonly tracks: ReadonlyMap<string, NodeTrack>
  readonly liveNodes: ReadonlyMap<string, { readonly node: LiveNode; readonly at: number }>
  readonly serverStates: ReadonlyMap<string, { readonly state: ServerState; readonly at: number }>
  /** Evidence of nodes that are not in the cluster (any more) is dropped. */
  record(evidence: ProbeEvidence): void
  /** Asks what has not been asked a moment ago. Returns the local monotonic moment to ask again. */
  ask(questions: readonly Question[], about: QuestionContext): number | undefined
  /**
   * Asks witnesses of nodes that are well, slowly: only a path that has worked counts when the node falls silent.
   * Returns the local monotonic moment to ask again.
   */
  keepProven(nodes: Iterable<string>, about: QuestionContext): number | undefined
  /** Drops what is known of nodes that are gone, and of machines that another one of the same name has replaced. */
  keepOnly(nodes: ReadonlyMap<string, NodeState>): void
}

export interface QuestionContext {
  readonly nodes: ReadonlyMap<string, NodeState>
  readonly verdictOf: (node: string) => Verdict | undefined
  readonly serverOf: (node: string) => ServerWhereabouts | undefined
}

const witnessesAsked = 3

export function createEvidenceDesk(options: EvidenceDeskOptions): EvidenceDesk {
  const { clock, prober, nodeReader, signal, onNews, track } = options
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

  const record = (evidence: ProbeEvidence): void => {
    if (!machines.has(evidence.node)) return
    tracks.set(evidence.node, recordEvidence(tracks.get(evidence.node), evidence))
  }
  const answers = async ({ kind, node }: NodeQuestion, about: QuestionContext): Promise<void> => {
    const state = about.nodes.get(node)
    const target = state === undefined ? undefined : probeTarget(state, defaults.candidateProbeInterval)
    switch (kind) {
      case 'freshProbe':
        if (target !== undefined) record(await within(1, (s) => prober.probe(target, { signal: s })))
        return
      case 'witnesses': {
        const witnesses = witnessesFor(node, about)
        if (target === undefined || witnesses.length === 0) return
        const heard = await within(1, (s) => prober.askWitnesses(target, witnesses, { signal: s }))
        for (const evidence of heard) record(evidence)
        return
      }
      case 'liveNode': {
        const at = clock.monotonic()
        const known = { leaseSeenAt: state?.leaseSeenAt }
        if (nodeReader === undefined) return
        const live = await within(2, (s) => nodeReader.read(node, known, { signal: s }))
        if (machines.get(node) === state?.uid) liveNodes.set(node, { node: live, at })
        return
      }
    }
  }
  const within = <T>(seconds: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline({ clock, milliseconds: seconds * 1000, signal, what: 'a question about a node' }, call)

  const askOne = async (id: string, question: NodeQuestion, about: QuestionContext): Promise<void> => {
    asking.add(id)
    try {
      await answers(question, about)
    } catch {
      // No answer is no evidence; it is asked again.
    } finally {
      asking.delete(id)
      onNews()
    }
  }

  /** Asks unless it was asked a pause ago, or is being asked. Returns the local monotonic moment to ask again. */
  const askEvery = (milliseconds: number, question: NodeQuestion, about: QuestionContext): number => {
    const now = clock.monotonic()
    const id = `${question.kind} ${question.node}`
    if (asking.has(id)) return Number.POSITIVE_INFINITY
    const dueAt = (askedAt.get(id) ?? Number.NEGATIVE_INFINITY) + milliseconds
    if (now < dueAt) return dueAt
    askedAt.set(id, now)
    track(askOne(id, question, about))
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
    keepProven: (nodes, about) =>
      earliest([...nodes].map((node) => askEvery(defaults.candidateProbeInterval, { kind: 'witnesses', node }, about))),
    keepOnly: (nodes) => {
      for (const [node, uid] of machines) {
        if (nodes.get(node)?.uid === uid) continue
        machines.delete(node)
        for (const map of [tracks, liveNodes, serverStates]) map.delete(node)
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

/** Nodes that are well and can be asked; always the same ones, since their paths are then known. */
function witnessesFor(node: string, { nodes, verdictOf }: QuestionContext): readonly string[] {
  return [...nodes.values()]
    .filter(({ facts, probeAddress }) => facts.name !== node && probeAddress !== undefined)
    .map(({ facts }) => facts.name)
    .filter((name) => verdictOf(name) === 'healthy' || verdictOf(name) === 'leaving')
    .toSorted()
    .slice(0, witnessesAsked)
}
