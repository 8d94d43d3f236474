import type { Clock, Provider } from '@failover-ip/provider'
import type { Handler, LoggedRequest } from '@failover-ip/provider-testkit'

import type { SimulatedNodeSpec } from '../nodes/simulated-node.ts'

/** A cloud that the local cluster can stand in: the provider of its operator, and an emulator of its API. */
export interface LocalCloud {
  /** For sentences. */
  readonly title: string
  readonly provider: Provider
  start(options: LocalCloudOptions): StartedCloud
}

export interface LocalCloudOptions {
  readonly clock: Clock
  /** Of a call. */
  readonly latencyMs: number
  readonly readLagSeconds: number
  /** How long a cloud that answers before it has done its work is at it. */
  readonly changeSeconds: number
}

/** An account with one pair of addresses, which nobody holds at first. */
export interface StartedCloud {
  /** The provider's own name, e.g. `scaleway`. */
  readonly name: string
  readonly title: string
  readonly handle: Handler
  /** The latest, with what each has changed. */
  readonly requests: readonly LoggedRequest[]
  /** Rents a server for a node; nodes are numbered from 1. */
  addNode(number: number): SimulatedNodeSpec
  /** What clients dial. */
  readonly addresses: readonly [ipv4: string, ipv6: string]
  /** What the cloud routes for them, in the same order; CIDR. */
  readonly units: readonly [ipv4: string, ipv6: string]
  /** Keys of the Secret. */
  readonly credentials: Readonly<Record<string, string>>
  /** Of the FailoverIPClass, when the API is served at this address. */
  parameters(apiUrl: string): Readonly<Record<string, unknown>>
  /** What makes moves take longer here than elsewhere; a sentence without its full stop. */
  readonly pace?: string
  /** The node to whose server the cloud routes the unit, without the lag of reads. */
  holder(unit: string): string | undefined
}
