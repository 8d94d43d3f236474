/** What a provider can do, as data: the engine, the docs and the conformance suite read it, nobody asks code. */
export interface Capabilities {
  /**
   * Address families, each with the prefix length of the unit that is routed as a whole. A cloud that routes an IPv6
   * /64 says `{ ipv4: 32, ipv6: 64 }`. A family that is absent is not supported.
   */
  readonly unitPrefixLength: { readonly ipv4?: number; readonly ipv6?: number }
  /** A unit can only go to servers of its own location; `location` names the kind for messages. `null`: no rule. */
  readonly locationRule: { readonly location: 'zone' | 'site' | 'region' | 'subnet' } | null
  /** Units that one server can carry, those of strangers included. `null`: no limit known. `resolve` may say otherwise of one. */
  readonly slotsPerServer: number | null
  /** `slotsPerServer` holds for each address family by itself. Default: for both together. */
  readonly slotsPerFamily?: boolean
  /**
   * The cloud works on one change at a time at each server, that gets a unit or gives one up, and refuses another as `Busy`.
   * The engine then sends the next one when the one before has ended. Default: changes of several units run side by side.
   */
  readonly oneChangePerServer?: boolean
  /**
   * `direct`: one call moves a unit that is attached elsewhere. `releaseFirst`: it must be released before.
   * `tryThenRelease`: the provider tries the direct way and falls back by itself inside `assign`.
   */
  readonly move: 'direct' | 'releaseFirst' | 'tryThenRelease'
  /**
   * Whether a read tells a unit that nobody has from one that does not exist. If not, `observe` shows both as found
   * without a server, and only `assign` rejects with `NotFound`. Default: yes.
   */
  readonly seesFreeUnits?: boolean
  /** Whether a unit can be taken from a server without giving it to another. */
  readonly release: boolean
  /** Whether `assign` and `release` may answer with an operation that is to be polled. */
  readonly asynchronous: boolean
  /** For this long after a mutation a read may still show the state before it. */
  readonly eventualReadSeconds: number
  /** Least time between two mutations of one unit. 0: none. */
  readonly coolDownSeconds: number
  /** How many mutations an account may send in each sliding window; all must hold. Empty: no limit known. */
  readonly accountWindows: readonly AccountWindow[]
  /** Which nodes must carry the address on an interface before traffic for it is served by the node itself. */
  readonly node: 'none' | 'holder' | 'candidates'
  /** Whether the holder must announce the address on the local wire. */
  readonly announce: boolean
  /** `status.loadBalancer.ingress[].ipMode` for Services: `VIP` when packets arrive with the address untouched. */
  readonly ipMode: 'VIP' | 'Proxy'
}

export interface AccountWindow {
  readonly mutations: number
  readonly seconds: number
}
