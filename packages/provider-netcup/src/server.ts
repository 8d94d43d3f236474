/** A server of the account, as far as nodes are matched to it. */
export interface Server {
  /** By REST its number, by SOAP its name. */
  readonly id: string
  /** Like `v2201234567890123456`. */
  readonly name: string
  /** Host name and nickname. */
  readonly otherNames: readonly string[]
  /** Identifier of its site; empty by SOAP, which knows none. */
  readonly location: string
  /** What is its own: addresses, and prefixes in CIDR form. Failover addresses that are routed to it may be among them. */
  readonly networks: readonly string[]
  /** In lower case. */
  readonly macAddresses: readonly string[]
}

/** The servers of the account. */
export interface ServerList {
  readonly servers: readonly Server[]
  /** Failover addresses of the account in CIDR form, each with the server that has it, if any; undefined by SOAP. */
  readonly routed: ReadonlyMap<string, string> | undefined
  /** Why a server may exist that is not among them; undefined when all were read. */
  readonly doubt: string | undefined
}
