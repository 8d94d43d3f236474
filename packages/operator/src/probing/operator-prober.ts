import type { Prober } from '@failover-ip/core'
import type { Logger } from '@failover-ip/process'
import type { Clock } from '@failover-ip/provider'
import type { ProbeCounts } from '@failover-ip/runtime'
import type { OperatorOptions } from '../options/operator-options.ts'

/** Who is heard on the network; one for the whole process. */
export interface OperatorProber extends Prober {
  /** Packets since the start, for metrics. Absent, or `undefined`: nobody counts. */
  counts?(): ProbeCounts | undefined
  /** Ends all probes. Absent: there is nothing to end. */
  close?(): Promise<void>
}

export interface ProberContext {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly options: OperatorOptions
  readonly logger: Logger
  /** The end of the process. */
  readonly signal: AbortSignal
}
