import { fileURLToPath } from 'node:url'
import type { MoveRecord } from '@failover-ip/core'
import { hasMovedFrom, isBack, isServed } from '@failover-ip/local-cluster/demo'
import type { ClusterView, RunningDemo } from '@failover-ip/local-cluster/demo'
import { quantile } from './quantile.ts'

export interface FailoverSample {
  readonly from: string
  readonly to: string
  /** Milliseconds from the power switch. */
  readonly accepted: number
  readonly confirmed: number
  /** Milliseconds of each phase, not cumulative, by the operator's own record, from the last sign of life. */
  readonly phases: {
    readonly detected: number
    readonly decided: number
    readonly accepted: number
    readonly confirmed: number
  }
}

export interface Quantiles {
  readonly p50: number | undefined
  readonly p95: number | undefined
}

/** The program of a replica, as `withDemo` wants it. */
export const replicaProgram: readonly string[] = [
  '--conditions=@failover-ip/source',
  fileURLToPath(new URL('../packages/local-cluster/src/replica/main.ts', import.meta.url)),
]

const stage = 60_000

/** Powers off the node that holds the address, waits until it is confirmed elsewhere, and powers the node on again. */
export async function measureFailover(demo: RunningDemo): Promise<FailoverSample> {
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
  return { ...phasesOf(move, switchedAt), from, to: move.to }
}

export function summarize(samples: readonly FailoverSample[]): {
  readonly unit: 'milliseconds'
  readonly accepted: Quantiles
  readonly confirmed: Quantiles
  readonly phases: Readonly<Record<keyof FailoverSample['phases'], Quantiles>>
} {
  const figure = (of: (sample: FailoverSample) => number): Quantiles => {
    const values = samples.map(of)
    return { p50: quantile(values, 0.5), p95: quantile(values, 0.95) }
  }
  return {
    unit: 'milliseconds',
    accepted: figure(({ accepted }) => accepted),
    confirmed: figure(({ confirmed }) => confirmed),
    phases: {
      detected: figure(({ phases }) => phases.detected),
      decided: figure(({ phases }) => phases.decided),
      accepted: figure(({ phases }) => phases.accepted),
      confirmed: figure(({ phases }) => phases.confirmed),
    },
  }
}

function phasesOf(move: MoveRecord, switchedAt: number): Pick<FailoverSample, 'accepted' | 'confirmed' | 'phases'> {
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
