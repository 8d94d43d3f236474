import type { NodeFacts, ServerReference } from '@failover-ip/provider'
import type { VirtualClock } from '../virtual-clock.ts'

/**
 * What can go wrong with the requests of one kind, until `heal`.
 * - `refused`: no connection is made. - `droppedBefore`, `droppedAfter`: it breaks before or after the effect;
 *   `droppedLate`: it breaks, and the effect comes `lateSeconds` later.
 * - `serverError`: the cloud says that it failed. - `maintenance`: it says that it is closed for now.
 * - `htmlPage`, `missingPage`: something before the cloud answers 502, or 404, with a page. - `malformed`: what the cloud
 *   answers makes no sense.
 * - `rateLimited`: too many requests, come back in `rateLimitSeconds`; `rateLimitedUntil`: the same with a date of at most a
 *   minute later (`Retry-After: Sat, 21 Nov 2026 10:00:00 GMT`). - `busy`: the unit is locked for a moment.
 * - `echoing`: the cloud calls the request malformed and repeats the credentials it came with.
 * - `truncated`: a list lacks its end. - `hanging`: no answer ever. - `trickling`: an answer that takes hours.
 */
export type TestFault =
  | 'refused'
  | 'droppedBefore'
  | 'droppedAfter'
  | 'droppedLate'
  | 'serverError'
  | 'maintenance'
  | 'htmlPage'
  | 'missingPage'
  | 'malformed'
  | 'rateLimited'
  | 'rateLimitedUntil'
  | 'busy'
  | 'echoing'
  | 'truncated'
  | 'hanging'
  | 'trickling'

/** The wait that a `rateLimited` cloud asks for, in seconds. */
export const rateLimitSeconds = 7

/** How long after a `droppedLate` connection its effect comes, in seconds. */
export const lateSeconds = 20

/** How an accepted change ends: the cloud says that it failed, never says anything, or says that it is done and did nothing. */
export type TestEnd = 'failed' | 'stuck' | 'withoutEffect'

export interface TestServer {
  readonly server: ServerReference
  /** The node that runs on it. */
  readonly node: NodeFacts
}

/**
 * The cloud of one test, which an author implements over an emulator: a few lines for each method. All of it is empty at
 * first, and what `at hand` changes happens at once, as if a human did it in the console. The optional methods at the end
 * bring more tests for those who have them.
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
  /** How far reads lag behind at this cloud, in seconds: the manifest must not promise less. Default: 0. */
  readonly readLagSeconds?: number
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
  /** From now on all requests of this kind fail so. */
  fail(kind: 'reads' | 'changes', fault: TestFault): void
  heal(): void

  /** Only for a provider that is `asynchronous`: changes take so long from now on. */
  slowDown?(seconds: number): void
  /** Only for a provider with `eventualReadSeconds`: reads lag so far behind from now on. */
  lagReads?(seconds: number): void
  /** Only for a provider that is `asynchronous`: from now on accepted changes end so, after the time of `slowDown`. */
  endChanges?(end: TestEnd): void
  /** Only for a provider whose operations are jobs of the cloud: it knows none of them any more. */
  forgetOperations?(): void
  /** The cloud works on the unit, or refuses changes to it, until something outside is done: an observation says `locked`. */
  lock?(unit: string): void
  /** The cloud takes other credentials from now on; gives them. */
  rotateCredentials?(): Readonly<Record<string, string>>
  /** Does `act` once, right after the cloud has answered the next read, as if somebody changed something between pages. */
  afterNextRead?(act: () => void): void
  /** From now on reads of what is in this location fail so, and of other locations do not. */
  failLocation?(location: string, fault: TestFault): void
}

/** Makes the cloud of one test. */
export type MakeTestCloud = (context: { readonly clock: VirtualClock }) => TestCloud
