import type { Engine, EngineOptions, NodePreference, Policy, SpreadRule } from '@failover-ip/core'
import type { Capabilities } from '@failover-ip/provider'
import type { ScalewaySwitches } from '@failover-ip/provider-testkit'
import type { Effect, Interference } from '../machine/effects.ts'

export interface WorldOptions {
  readonly seed: number
  readonly createEngine: (options: EngineOptions) => Engine
  /** Default: 3. They are `node-1`, `node-2` and so on. */
  readonly nodes?: number
  /** Default: one, `web`, with an IPv4 address and an IPv6 prefix. */
  readonly failoverIPs?: readonly FailoverIPOptions[]
  /** Default: 1. They are `replica-1` and so on. */
  readonly replicas?: number
  /** Without it the one replica leads for good: cheaper where days pass. Default: true. */
  readonly leaderElection?: boolean
  readonly dryRun?: boolean
  /** Whether nodes are probed; else Lease and Ready are all that is known of them. Default: true. */
  readonly probes?: boolean
  /** What the provider's manifest says differently. */
  readonly capabilities?: Partial<Capabilities>
  readonly switches?: Partial<ScalewaySwitches>
  readonly readLagSeconds?: number
  /** Of a call to the provider, in milliseconds. Default: 20 to 150. */
  readonly providerLatency?: readonly [least: number, most: number]
  /** What befalls an effect. */
  readonly interfere?: (effect: Effect) => Interference | undefined
}

export interface FailoverIPOptions {
  readonly name: string
  readonly families?: readonly ('ipv4' | 'ipv6')[]
  readonly priority?: number
  readonly policy?: Partial<Policy>
  readonly nodePreferences?: readonly NodePreference[]
  readonly spread?: SpreadRule
}

export const defaultPolicy: Policy = {
  deletionPolicy: 'Retain',
  maintenance: { onCordon: 'Move', delay: 0 },
  failback: { mode: 'Never', delay: 600_000 },
  foreignHolder: 'Refuse',
  onDrift: 'Adopt',
  nodeConfiguration: 'Agent',
  detection: { interval: 200, misses: 3, witnesses: 1 },
  paused: false,
}
