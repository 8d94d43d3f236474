import {
  createStandingProber,
  noProber,
  standByTargets,
  type EngineInput,
  type ProbePath,
  type Prober,
} from '@failover-ip/core'
import type { ProbeCounts } from '@failover-ip/runtime'
import type { OperatorProber } from './operator-prober.ts'

/** The probes of one process, over all terms of its leadership. */
export interface Probing {
  /** For the engine of each term; `noProber` when nobody is probed. */
  readonly prober: Prober
  /** Of the nodes that are probed now, by name. */
  readonly paths: ReadonlyMap<string, ProbePath>
  /** Whom to probe while this process does not lead. */
  standBy(input: Pick<EngineInput, 'nodes' | 'failoverIPs'>): void
  /** Absent: nobody counts packets. */
  counts(): ProbeCounts | undefined
  close(): Promise<void>
}

export function createProbing(prober: OperatorProber, clock: { monotonic(): number }): Probing {
  const shared = {
    counts: () => prober.counts?.(),
    close: async () => {
      prober.watch([])
      await prober.close?.()
    },
  }
  if (prober === noProber) return { ...shared, prober, paths: new Map(), standBy: () => undefined }
  const standing = createStandingProber(prober, clock)
  return {
    ...shared,
    prober: standing,
    paths: standing.paths,
    standBy: (input) => standing.standBy(standByTargets(input)),
  }
}
