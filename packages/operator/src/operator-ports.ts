import type { Engine, EngineOptions, Prober } from '@failover-ip/core'
import type { KubernetesTransport } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'
import type { ServeEndpoints } from './http/serve-endpoints.ts'
import type { OperatorOptions } from './options/operator-options.ts'

/** What an operator needs from outside. Replaced in code alone: no flag and no variable leads here. */
export interface OperatorPorts {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** What providers speak HTTP with. */
  readonly fetch: typeof globalThis.fetch
  /** Who is heard on the network. One for the whole process. */
  readonly createProber: (context: { readonly clock: Clock; readonly random: () => number }) => Prober
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

export type Environment = Readonly<Record<string, string | undefined>>

export interface Connection {
  readonly transport: KubernetesTransport
  /** For the log; never with credentials. */
  readonly server: string
  /** The pod's namespace, when this is a pod. */
  readonly namespace: string | undefined
  close(): void
}

/** The process around the operator. */
export interface ProcessPort {
  readonly argv: readonly string[]
  readonly environment: Environment
  /** Calls the handler at each SIGTERM and SIGINT. Returns the way to stop it. */
  onStop(handler: (name: string) => void): () => void
  /** Sets the code with which the process ends once nothing is left to do. */
  setExitCode(code: number): void
  /** Ends the process at once. */
  exit(code: number): void
}
