import type { Clock, ConfiguredProvider } from '@failover-ip/provider'
import type { NodePreference, SpreadRule } from '../domain/failover-ip.ts'
import type { PolicyOverrides } from '../domain/policy.ts'
import type { Prober } from '../ports/prober.ts'
import type { StateStore } from '../ports/state-store.ts'

/** A machine that can hold addresses. */
export interface FailoverNode {
  /** Unique. */
  readonly name: string
  /** How the provider knows its server, as in a Kubernetes Node: `scaleway://instance/fr-par-1/...`. */
  readonly providerID: string
  /** Where it is probed: an IP address of its own, or with a port. Never a failover IP. */
  readonly probe: string
  /** For `nodeSelector` and `nodePreferences`. Default: none. */
  readonly labels?: Readonly<Record<string, string>>
}

/** Addresses that move as one. Times in milliseconds; what is not given is as `libraryPolicy` says. */
export interface FailoverIPDefinition extends PolicyOverrides {
  /** Unique; its state is stored under this name. */
  readonly name: string
  /** What clients dial, in canonical form. */
  readonly addresses: readonly string[]
  /** Labels that a node must have. Default: every node may. */
  readonly nodeSelector?: Readonly<Record<string, string>>
  /** The higher is served when not all can be. Default: 0. */
  readonly priority?: number
  /** What makes a node better liked than another; see `failback` for what happens when a better one comes. Default: none. */
  readonly nodePreferences?: readonly NodePreference[]
  /** How many of a group may be on one node, and in one location of the provider. Default: no limit. */
  readonly spread?: SpreadRule
}

export interface FailoverPorts {
  readonly clock: Clock
  readonly prober: Prober
  readonly store: StateStore
  /** Default: the provider's own. */
  readonly fetch?: typeof globalThis.fetch
  /**
   * Uniform in [0, 1): spreads retries and names operations. Default: a generator seeded by the clock, so that a run in
   * virtual time is the same each time; two processes never share a store, which is why it need not be unguessable.
   */
  readonly random?: () => number
}

export interface FailoverOptions {
  readonly provider: ConfiguredProvider
  readonly nodes: readonly FailoverNode[]
  readonly failoverIPs: readonly FailoverIPDefinition[]
  readonly ports: FailoverPorts
  /** Observes and plans, and changes nothing at the provider. Default: false. */
  readonly dryRun?: boolean
}
