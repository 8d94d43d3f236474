import type { Engine, EngineOptions } from '@failover-ip/core'
import type { Clock } from '@failover-ip/provider'
import type { Connection, Environment, ProcessPort, ServeEndpoints } from '@failover-ip/process'
import type { OperatorOptions } from './options/operator-options.ts'
import type { OperatorProber, ProberContext } from './probing/operator-prober.ts'

/** What an operator needs from outside. Replaced in code alone: no flag and no variable leads here. */
export interface OperatorPorts {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** What providers speak HTTP with. */
  readonly fetch: typeof globalThis.fetch
  /** Who is heard on the network, or `noProber`. Rejects when it can never be had. */
  readonly createProber: (context: ProberContext) => OperatorProber | Promise<OperatorProber>
  readonly createEngine: (options: EngineOptions) => Engine
  /** Rejects when it is already clear that there is no way to an API server. Sends nothing. */
  readonly connect: (options: OperatorOptions, environment: Environment) => Promise<Connection>
  readonly serve: ServeEndpoints
  /** Takes whole lines: the log, or what a command prints. */
  readonly output: { write(text: string): void }
  /** Takes the sentence of a process that does not start. */
  readonly errorOutput: { write(text: string): void }
  readonly process: ProcessPort
}
