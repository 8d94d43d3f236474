import type { NodeFacts, ServerReference } from '@failover-ip/provider'
import type { VirtualClock } from '../virtual-clock.ts'

/**
 * What can go wrong with the requests of one kind, until `heal`.
 * - `refused`: no connection is made. - `droppedBefore`, `droppedAfter`: it breaks before or after the effect.
 * - `serverError`: the cloud says that it failed. - `rateLimited`: too many requests, come back in 7 seconds.
 * - `busy`: the cloud has locked the unit for a moment. - `malformed`: what it answers makes no sense.
 * - `echoing`: the cloud calls the request malformed and repeats the credentials it came with.
 * - `truncated`: a list lacks its end. - `hanging`: no answer ever.
 */
export type TestFault =
  | 'refused'
  | 'droppedBefore'
  | 'droppedAfter'
  | 'serverError'
  | 'rateLimited'
  | 'busy'
  | 'echoing'
  | 'malformed'
  | 'truncated'
  | 'hanging'

/** The wait that a `rateLimited` cloud asks for, in seconds. */
export const rateLimitSeconds = 7

export interface TestServer {
  readonly server: ServerReference
  /** The node that runs on it. */
  readonly node: NodeFacts
}

/**
 * The cloud of one test, which an author implements over an emulator: a few lines for each method. All of it is empty at
 * first, and what `at hand` changes happens at once, as if a human did it in the console.
 */
export interface TestCloud {
  /** Settings that work, as a class and its Secret hold them. */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly credentials: Readonly<Record<string, string>>
  /** Of the right form, and refused by the cloud. */
  readonly wrongCredentials: Readonly<Record<string, string>>
  readonly fetch: typeof globalThis.fetch
  /** Zones, sites or regions in the cloud's own words; at least two when the manifest has a `locationRule`. */
  readonly locations: readonly [string, ...string[]]
  /** The faults that this cloud can show. */
  readonly faults: readonly TestFault[]

  addServer(location: string): TestServer
  removeServer(server: ServerReference): void
  /** Only for a provider with `serverStates`. */
  stopServer?(server: ServerReference): void
  /** A new unit in canonical form, held by nobody. */
  addUnit(family: 'ipv4' | 'ipv6', location: string): string
  removeUnit(unit: string): void
  /** At hand: puts the unit on the server, or takes it off. */
  place(unit: string, server: ServerReference | null): void
  /** The truth, which reads may lag behind. */
  holder(unit: string): ServerReference | null
  /** How many requests have changed something so far. */
  effects(): number
  /** Only for a provider that is `asynchronous`: changes take so long from now on. */
  slowDown?(seconds: number): void
  /** Only for a provider with `eventualReadSeconds`: reads lag so far behind from now on. */
  lagReads?(seconds: number): void
  /** From now on all requests of this kind fail so. */
  fail(kind: 'reads' | 'changes', fault: TestFault): void
  heal(): void
}

/** Makes the cloud of one test. */
export type MakeTestCloud = (context: { readonly clock: VirtualClock }) => TestCloud
