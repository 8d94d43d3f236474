/**
 * `npm run bench -- failover [RUNS]`: on the embedded cluster, with the emulator at 150 ms a call and 1 s of read lag:
 * from the power switch of the node that holds the address until the provider has accepted the move, and until a read
 * has confirmed it. Phases are the operator's own record, counted from the last sign of life.
 */
import { fileURLToPath } from 'node:url'
import type { MoveRecord } from '@failover-ip/core'
import { defaultCloud, hasMovedFrom, isBack, isServed, withDemo } from '@failover-ip/local-cluster/demo'
import type { ClusterView, RunningDemo } from '@failover-ip/local-cluster/demo'
import { systemClock } from '@failover-ip/runtime'
import { quantile } from './quantile.ts'
import { writeResult } from './write-result.ts'

interface Sample {
  readonly from: string
  readonly to: string
  /** Milliseconds from the power switch. */
  readonly accepted: number
  readonly confirmed: number
  /** Milliseconds of each phase, not cumulative. */
  readonly phases: {
    readonly detected: number
    readonly decided: number
    readonly accepted: number
    readonly confirmed: number
  }
}

const runs = Number(process.argv[2] ?? 30)
const stage = 60_000
const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))
const replica = fileURLToPath(new URL('../packages/local-cluster/src/replica/main.ts', import.meta.url))
const samples: Sample[] = []

await withDemo(
  {
    cloud: defaultCloud,
    nodes: 3,
    replicaProgram: ['--conditions=@failover-ip/source', replica],
    write: () => undefined,
    clock: systemClock(),
    random: Math.random,
    signal: stop.signal,
  },
  async (demo) => {
    for (let run = 1; run <= runs; run++) {
      const sample = await failOver(demo)
      samples.push(sample)
      console.log(
        `${run}/${runs}: ${sample.from} -> ${sample.to}: accepted ${sample.accepted} ms after the power switch`,
      )
    }
  },
)
report()

async function failOver(demo: RunningDemo): Promise<Sample> {
  const { cluster } = demo
  const from = holder(await reach(demo, isServed))
  const bootID = demo.watch.view().nodes.find(({ name }) => name === from)?.bootID
  const switchedAt = Date.now()
  cluster.nodes.powerOff(from)
  const view = await reach(demo, (seen) => hasMovedFrom(seen, from))
  const move = view.failoverIP?.status.lastMove
  if (move === undefined) throw new Error('the move left no record')
  cluster.nodes.powerOn(from)
  await reach(demo, (seen) => isBack(seen, from, bootID))
  return { ...sampleOf(move, switchedAt), from, to: move.to }
}

function sampleOf(move: MoveRecord, switchedAt: number): Pick<Sample, 'accepted' | 'confirmed' | 'phases'> {
  const at = (time: string | undefined): number => Date.parse(time ?? '')
  const started = at(move.startedAt)
  const detected = at(move.detectedAt)
  const decided = at(move.decidedAt)
  const accepted = at(move.acceptedAt)
  const confirmed = at(move.confirmedAt)
  const phases = {
    detected: detected - started,
    decided: decided - detected,
    accepted: accepted - decided,
    confirmed: confirmed - accepted,
  }
  return { accepted: accepted - switchedAt, confirmed: confirmed - switchedAt, phases }
}

async function reach(demo: RunningDemo, fits: (view: ClusterView) => boolean): Promise<ClusterView> {
  const view = await demo.watch.first(fits, { milliseconds: stage, signal: demo.signal })
  if (view === undefined) throw new Error(`not reached within ${stage} ms: ${fits.name || fits.toString()}`)
  return view
}

function holder({ failoverIP }: ClusterView): string {
  const node = failoverIP?.status.node
  if (node === undefined) throw new Error('the address is on no node')
  return node
}

function report(): void {
  const figure = (values: readonly number[]) => ({ p50: quantile(values, 0.5), p95: quantile(values, 0.95) })
  const phase = (name: keyof Sample['phases']) => figure(samples.map(({ phases }) => phases[name]))
  const summary = {
    unit: 'milliseconds',
    accepted: figure(samples.map(({ accepted }) => accepted)),
    confirmed: figure(samples.map(({ confirmed }) => confirmed)),
    phases: {
      detected: phase('detected'),
      decided: phase('decided'),
      accepted: phase('accepted'),
      confirmed: phase('confirmed'),
    },
  }
  console.table({ 'switch -> accepted': summary.accepted, 'switch -> confirmed': summary.confirmed, ...summary.phases })
  writeResult('failover', { runs: samples.length, summary, samples })
}
