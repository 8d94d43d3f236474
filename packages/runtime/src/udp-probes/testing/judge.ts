import { assessHealth, recordEvidence } from '@failover-ip/core'
import type { Health, NodeState, NodeTrack, NodeVerdict, ProbeEvidence, Prober, Question } from '@failover-ip/core'
import type { SimulatedCluster } from './simulated-cluster.ts'

export interface Judge {
  verdict(node: string): NodeVerdict | undefined
  /** Every `VERDICT REASON` that the node was given, without repetitions in a row. */
  history(node: string): readonly string[]
  stop(): void
}

const asState = (name: string): NodeState => ({
  facts: { name, addresses: [], labels: {}, annotations: {} },
  uid: `uid of ${name}`,
  bootID: `boot of ${name}`,
  ready: 'True',
  unschedulable: false,
  taints: [],
  networkUnavailable: false,
  deleting: false,
})
const pause: Readonly<Partial<Record<Question['kind'], number>>> = { freshProbe: 100, witnesses: 200 }

/** Asks and judges as the engine does, with nothing but probes: a leader's term on its prober. */
export function startJudge(
  { clock, target }: SimulatedCluster,
  { prober }: { readonly prober: Prober },
  names: readonly string[],
  holder: string,
): Judge {
  const stop = new AbortController()
  const { signal } = stop
  const tracks = new Map<string, NodeTrack>()
  const askedAt = new Map<string, number>()
  const histories = new Map<string, string[]>()
  let health: Health | undefined

  const record = (evidence: ProbeEvidence): void => {
    tracks.set(evidence.node, recordEvidence(tracks.get(evidence.node), evidence))
  }
  const ask = async ({ kind, node }: Question): Promise<void> => {
    if (kind === 'freshProbe') record(await prober.probe(target(node, 2000), { signal }))
    if (kind !== 'witnesses') return
    const witnesses = names.filter((name) => name !== node && health?.verdicts.get(name)?.verdict === 'healthy')
    for (const evidence of await prober.askWitnesses(target(node, 2000), witnesses.slice(0, 3), { signal }))
      record(evidence)
  }
  const askEvery = (milliseconds: number, question: Question): void => {
    const id = `${question.kind} ${question.node}`
    if (clock.monotonic() - (askedAt.get(id) ?? Number.NEGATIVE_INFINITY) < milliseconds) return
    askedAt.set(id, clock.monotonic())
    ask(question).then(judge, () => undefined)
  }
  const judge = (): void => {
    if (signal.aborted) return
    health = assessHealth({
      now: clock.monotonic(),
      nodes: names.map(asState),
      holders: new Map([[holder, { interval: 200, misses: 3, witnesses: 1 }]]),
      tracks,
      probing: true,
      kubernetes: true,
      serverStates: new Map(),
      liveNodes: new Map(),
      previous: health?.verdicts ?? new Map(),
    })
    for (const [name, { verdict, reason }] of health.verdicts) {
      const history = histories.get(name) ?? []
      if (history.at(-1) !== `${verdict} ${reason}`) history.push(`${verdict} ${reason}`)
      histories.set(name, history)
    }
    for (const question of health.questions) askEvery(pause[question.kind] ?? Number.POSITIVE_INFINITY, question)
  }
  const tick = async (): Promise<void> => {
    for (;;) {
      judge()
      if (health?.verdicts.get(holder)?.verdict === 'healthy') askEvery(2000, { kind: 'witnesses', node: holder })
      await clock.sleep(50, { signal })
    }
  }

  const leave = prober.listen((evidence) => {
    record(evidence)
    judge()
  })
  prober.watch(names.map((name) => target(name, name === holder ? 200 : 2000)))
  tick().catch(() => undefined)
  return {
    verdict: (node) => health?.verdicts.get(node),
    history: (node) => histories.get(node) ?? [],
    stop: () => {
      leave()
      stop.abort(new Error('the term is over'))
    },
  }
}
