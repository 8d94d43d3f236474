import type { Clock } from '@failover-ip/provider'
import type { Account } from '../domain/account.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { NodeState } from '../domain/node.ts'
import type { NodeVerdict } from '../health/verdict.ts'
import type { Authority } from '../ports/authority.ts'
import type { NodeReader } from '../ports/node-reader.ts'
import type { Prober } from '../ports/prober.ts'
import type { StatusStore } from '../ports/status-store.ts'
import type { FailoverEvent } from './failover-event.ts'
import type { ProviderCall } from '../routing/provider-call.ts'

/** All that the engine is to know; each update replaces the last one. */
export interface EngineInput {
  readonly nodes: readonly NodeState[]
  readonly failoverIPs: readonly FailoverIPInput[]
  readonly accounts: readonly Account[]
}

export interface EngineOptions {
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** `noProber` leaves the slow path alone. */
  readonly prober: Prober
  /** The node that this process runs on: its agent is no second vantage point. Absent: not known. */
  readonly ownNode?: string
  readonly store: StatusStore
  readonly authority: Authority
  /** Absent without Kubernetes. */
  readonly nodeReader?: NodeReader
  /** Observes and plans, changes neither provider nor finalizers; status is filled. Default false. */
  readonly dryRun?: boolean
  readonly onEvent?: (event: FailoverEvent) => void
  /** Told of every call to a provider, for metrics. */
  readonly onProviderCall?: (call: ProviderCall) => void
  /** Told of defects that were survived (a rejection nobody expected), for the log. */
  readonly onTrouble?: (error: unknown) => void
}

/** One term of acting: made anew after each election, so that nothing but what is stored outlives a term. */
export interface Engine {
  /** Level-triggered: tell it what is, as often as it changes. */
  update(input: EngineInput): void
  /** What it concluded last, for `/metrics` and the demo. */
  readonly state: EngineState
  /**
   * Works until the signal is aborted, then lets calls in flight end (they are recorded by their intents) and resolves.
   * Never rejects because of a provider, a node or a FailoverIP.
   */
  run(options: { readonly signal: AbortSignal }): Promise<void>
}

export interface EngineState {
  /** By key; what was last stored or is about to be. */
  readonly failoverIPs: ReadonlyMap<string, { readonly node: string | undefined; readonly ready: boolean }>
  /** What is thought of each node, by name. */
  readonly nodes: ReadonlyMap<string, Pick<NodeVerdict, 'verdict' | 'reason'>>
  /** Why moves wait, when they do. */
  readonly brake: string | undefined
}
