/** Facts about netcup's APIs that nobody has verified, each in both positions. Tests run in both. */
export interface NetcupSwitches {
  /** Each login hands out another refresh token and voids the one that was sent. */
  readonly rotatesRefreshToken: boolean
  /** What REST says of an address that no server has: `server: null`, or nothing. */
  readonly unrouted: 'null' | 'absent'
  /** REST names routed failover addresses among a server's own, too. */
  readonly routedAmongOwn: boolean
  /** What REST makes of routing an address to the server that has it. */
  readonly sameServer: 'task' | 'refused'
  /** What REST makes of routing an address that a task is still routing: the newer task ends the older one, or is refused. */
  readonly changeDuringTask: 'replaces' | 'refused'
  /** Whether the windows of REST count all requests of an account, or those for each address. */
  readonly windowScope: 'account' | 'address'
  /** Whether requests that a limit refused count as well, by REST and SOAP. */
  readonly countsRefused: boolean
  /** Whether a 429 has a Retry-After header. */
  readonly retryAfterHeader: boolean
  /** Most servers on a page, whatever is asked for. */
  readonly mostPerPage: number
  /** In which state a task ends that failed. */
  readonly failedTask: 'ERROR' | 'CANCELED' | 'ROLLBACK'
  /** HTTP status of a SOAP fault. */
  readonly faultStatus: 500 | 200
  /** Whether the answer to a change by SOAP says `true`, or is empty as one that was captured. */
  readonly soapSuccess: 'true' | 'empty'
  /** Seconds in which SOAP routes an address once: as announced, or as a script measured. */
  readonly soapCoolDownSeconds: 300 | 301
}

export const defaultSwitches: NetcupSwitches = {
  rotatesRefreshToken: false,
  unrouted: 'null',
  routedAmongOwn: false,
  sameServer: 'task',
  changeDuringTask: 'replaces',
  windowScope: 'account',
  countsRefused: false,
  retryAfterHeader: false,
  mostPerPage: 100,
  failedTask: 'ERROR',
  faultStatus: 500,
  soapSuccess: 'true',
  soapCoolDownSeconds: 300,
}
