import type { Connect, ProcessPort, ServeEndpoints } from '@failover-ip/process'
import type { Clock } from '@failover-ip/provider'
import type { startProbeAgent } from '@failover-ip/runtime'
import type { AskMetadata } from './anchor/ask-metadata.ts'
import type { Network } from './network/network.ts'

/** What an agent needs from outside. Replaced in code alone: no flag and no variable leads here. */
export interface AgentPorts {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly network: Network
  readonly askMetadata: AskMetadata
  /** Of the kernel that runs this, as the kubelet reports it. */
  readonly readBootID: () => Promise<string>
  readonly startProbeAgent: typeof startProbeAgent
  readonly connect: Connect
  readonly serve: ServeEndpoints
  /** Takes whole lines: the log, or what a command prints. */
  readonly output: { write(text: string): void }
  /** Takes the sentence of a process that does not start. */
  readonly errorOutput: { write(text: string): void }
  readonly process: ProcessPort
}
