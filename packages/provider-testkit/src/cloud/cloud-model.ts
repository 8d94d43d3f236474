import type { Clock } from '@failover-ip/provider'

/** A server of an emulated cloud; each cloud adds its own fields. */
export interface CloudServer {
  readonly id: string
  readonly name: string
  /** Zone, site or region in the cloud's own words. */
  readonly location: string
}

/** What is routed as a whole: an address or a prefix. Each cloud adds its own fields. */
export interface CloudUnit {
  readonly id: string
  /** CIDR in canonical form: `51.15.0.1/32`, `2001:db8::/64`. */
  readonly unit: string
  readonly location: string
}

/** Who has a unit. `changing`: the cloud works on it. `failed`: its last change went wrong. */
export interface Holding {
  readonly server: string | null
  readonly phase: 'settled' | 'changing' | 'failed'
}

/** What becomes of changes: done or failed after `seconds`, or `stuck` for good. One that fails leaves the unit where it was. */
export interface ChangeCourse {
  readonly seconds: number
  readonly end: 'done' | 'failed' | 'stuck'
  /** When the unit is seen at its new server: as soon as the change is accepted, with its end, or in spite of it never. */
  readonly effect: 'atStart' | 'atEnd' | 'never'
}

/** A change that the cloud accepted: a task, an action, a job. Identifiers are counted. */
export interface CloudAction {
  readonly id: number
  /** `CloudUnit.id` */
  readonly unit: string
  /** Who shall have it; `null`: nobody. */
  readonly server: string | null
  /** Monotonic time, in milliseconds. */
  readonly startedAt: number
  readonly state: 'running' | 'done' | 'failed'
  /** `null` while it runs. */
  readonly endedAt: number | null
}

export interface CloudWindow {
  readonly changes: number
  readonly seconds: number
}

export interface CloudModelOptions {
  readonly clock: Clock
  /** Reads of holdings show the state of so long ago. Default: 0. */
  readonly readLagSeconds?: number
  /** Default: `{ seconds: 0, end: 'done', effect: 'atEnd' }`. */
  readonly course?: ChangeCourse
  /** How many changes the account may ask for in each sliding window. Default: none. */
  readonly windows?: readonly CloudWindow[]
  /** The least time between two changes of one unit. Default: 0. */
  readonly coolDownSeconds?: number
}

/**
 * The state of an account at a cloud, in the time of a clock: servers, units, who has which, what is being changed, what
 * reads show of it, and what the account's limits refuse. The routes and bodies of a cloud's API stand on it: they check
 * what a request asks for (does the server exist, has it room, does the cloud work on the unit), the model does not.
 * Arguments named `unit` are `CloudUnit.id`; a unit that does not exist throws where something would be done to it.
 */
export interface CloudModel<Server extends CloudServer, Unit extends CloudUnit> {
  readonly servers: ReadonlyMap<string, Server>
  readonly units: ReadonlyMap<string, Unit>
  putServer(server: Server): void
  /** Takes its units from it; changes towards it fail. */
  removeServer(id: string): void
  /** A unit that is there already is replaced, with its past. */
  putUnit(unit: Unit, server: string | null): void
  /** Its running change fails; its actions can still be read. */
  removeUnit(id: string): void
  /** The unit with this CIDR. */
  unitOf(cidr: string): Unit | undefined
  /** The truth. */
  holding(unit: string): Holding
  /** What a read shows: the state of `readLagSeconds` ago. */
  seenHolding(unit: string): Holding
  /** Units whose truth is this server. */
  heldBy(server: string): readonly Unit[]
  /** Units that a change under way would give to this server. */
  aimedAt(server: string): readonly Unit[]
  /** Starts a change on the course of the model. A change of the same unit that still runs fails by it. */
  change(unit: string, server: string | null): CloudAction
  /** As it stands now. */
  action(id: number): CloudAction | undefined
  /** The latest first. */
  actionsOf(unit: string): readonly CloudAction[]
  /** As if the cloud had forgotten it. */
  forgetAction(id: number): void
  /** What a human does in the console: it happens at once, and a change that still runs fails by it. */
  placeByHand(unit: string, server: string | null): void
  /** The same for the phase. */
  setPhase(unit: string, phase: Holding['phase']): void
  /**
   * Asks the limits before a change. `null`: admitted, and counted; else after how many seconds it will be. Whether refused
   * requests count too differs between clouds: `countRefused`.
   */
  admit(unit: string, options?: { readonly countRefused?: boolean }): { readonly retryAfterSeconds: number } | null
  /** In seconds. */
  readLag(): number
  setReadLag(seconds: number): void
  setCourse(course: Partial<ChangeCourse>): void
  setWindows(windows: readonly CloudWindow[]): void
  setCoolDown(seconds: number): void
  /** Everything, as plain data. */
  snapshot(): {
    readonly servers: readonly Server[]
    readonly units: readonly (Unit & Holding)[]
    readonly actions: readonly CloudAction[]
  }
}
