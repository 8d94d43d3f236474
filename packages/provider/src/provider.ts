import type { Capabilities } from './capabilities.ts'
import type { Clock } from './clock.ts'
import type { JsonValue } from './json.ts'
import type { NodePlan } from './node-plan.ts'
import type { Observation } from './observation.ts'
import type { NodeFacts, ServerMatch, ServerReference, ServerState } from './server.ts'
import type { StandardSchema } from './standard-schema.ts'

/** Every call carries a signal; when it is aborted the call rejects at once with the signal's reason. */
export interface CallOptions {
  readonly signal: AbortSignal
}

/** `done`: the cloud says that it has happened. `pending`: keep the operation and `poll` it until it is done. */
export type MutationResult =
  | { readonly status: 'done' }
  | {
      readonly status: 'pending'
      /** At most 1 KiB as JSON. It is stored, and may be polled by another process after a restart. */
      readonly operation: JsonValue
    }

/**
 * The routing of units at one account. Units are CIDR strings in canonical form (`51.15.129.35/32`,
 * `2001:bc8:710:3c3b::/64`), of the prefix lengths in `Capabilities.unitPrefixLength`.
 *
 * Methods reject with `ProviderError` or the signal's reason, and with nothing else. They neither retry nor cache:
 * retries, back-off, account window, cool-down, dry-run and deadlines belong to the engine.
 */
export interface Routing {
  /**
   * What the cloud says about each unit, in the order asked; one read per account and place, not one per unit.
   * A read that fails for a part of them answers `unknown` for that part and rejects for none.
   */
  observe(units: readonly string[], options: CallOptions): Promise<readonly Observation[]>
  /** Matches nodes to servers, in the order asked: by `providerID` first, then by what else the cloud knows. */
  resolve(nodes: readonly NodeFacts[], options: CallOptions): Promise<readonly ServerMatch[]>
  /** What the cloud knows about servers being alive. Optional. In the order asked. */
  serverStates?(servers: readonly ServerReference[], options: CallOptions): Promise<readonly ServerState[]>
  /** Gives the unit to the server. Idempotent: a unit already there is `done`. */
  assign(unit: string, server: ServerReference, options: CallOptions): Promise<MutationResult>
  /**
   * How a pending operation stands. Changes nothing, since nobody guards it as a change: a cloud that takes two changes for
   * a move says `releaseFirst`. One that failed rejects; one the cloud has forgotten rejects with `NotFound`.
   */
  poll(operation: JsonValue, options: CallOptions): Promise<MutationResult>
  /** Takes the unit from the server, if it is there; a unit that is elsewhere or gone is `done`. */
  release(unit: string, server: ServerReference, options: CallOptions): Promise<MutationResult>
  /**
   * Pure: what the node must carry for `address`, which lies in `unit`, when `server` holds it. `deliveredTo` is what the
   * last observation of the unit said.
   */
  nodePlan(unit: string, address: string, server: ServerReference, deliveredTo?: string): NodePlan
  /**
   * Looks after what goes with the units beside their routing, like firewall rules: given all of the account that FailoverIPs
   * name, when they change and every five minutes; none are left: it goes too. Idempotent. Optional. What it rejects with is
   * logged, it is tried again, and nothing waits for it.
   */
  upkeep?(units: readonly string[], options: CallOptions): Promise<void>
  /**
   * Whom the cloud takes the credentials for, as soon as an answer has told: the same for all credentials of one account,
   * whose `accountWindows` count together then. No secret. Optional; asks nothing.
   */
  accountID?(): string | undefined
}

/** What `create` is given. Everything from outside comes through here, so that tests may replace it. */
export interface ProviderContext<Parameters, Credentials> {
  readonly parameters: Parameters
  readonly credentials: Credentials
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  /** Sent as User-Agent, e.g. `failover-ip/0.1.0`. */
  readonly userAgent: string
  /**
   * Stores credentials that the cloud has replaced, by their keys, where those in use came from. Rejects when somebody
   * else has changed them since, or when they could not be stored: then they live as long as the process. Absent where
   * there is no such place.
   */
  readonly saveCredentials?: (change: Readonly<Record<string, string>>, options: CallOptions) => Promise<void>
  /**
   * Tells of something beside the routing that went wrong and that no call may fail for, like a name in the DNS. One
   * sentence without a secret. Absent where nobody listens.
   */
  readonly warn?: (message: string) => void
}

/** What depends on the parameters at a cloud that has more than one API. */
export interface Variant<Credentials> {
  /** Of the same families and prefix lengths as the manifest's. */
  readonly capabilities: Capabilities
  readonly credentials: StandardSchema<unknown, Credentials>
}

/** A provider: who routes units, described as data plus one function that opens an account. */
export interface Provider<Parameters = unknown, Credentials = unknown> {
  readonly specificationVersion: 'v1'
  /** Lower-case, e.g. `scaleway`. `failover-ip.dev/<name>` is the controller's default name. */
  readonly name: string
  /** What `spec.providerID` of this cloud's nodes starts with. */
  readonly providerIDPrefix: string
  /** Not secret. Every key optional or with a default where that is possible. */
  readonly parameters: StandardSchema<unknown, Parameters>
  /** Keys of the Secret, all strings. */
  readonly credentials: StandardSchema<unknown, Credentials>
  readonly capabilities: Capabilities
  /** Where parameters choose between two APIs: what holds for these. Pure. Default: what the manifest says. */
  variant?(parameters: Parameters): Variant<Credentials>
  /** Pure and quick: nothing is asked of the cloud before a method is called. */
  create(context: ProviderContext<Parameters, Credentials>): Routing
}
