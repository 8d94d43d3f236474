/** Facts about Scaleway's API that nobody has verified, each in both positions. Tests run in both. */
export interface ScalewaySwitches {
  /** A PATCH to another Instance is refused while the address is attached. */
  readonly moveNeedsDetach: boolean
  /** A PATCH to the Instance that has the address already is refused. */
  readonly sameServerRefused: boolean
  /** For so many seconds after an attach or detach the state is `pending`. */
  readonly attachSeconds: number
  /** An Instance that is starting, stopping or locked refuses addresses. */
  readonly busyServerRefused: boolean
  /** How many addresses one Instance can have. */
  readonly slotsPerServer: number
  /** The dynamic address of an Instance counts among them. */
  readonly dynamicCounts: boolean
  /** The form in which a full Instance refuses one more. */
  readonly quotaError: 'quotas_exceeded' | 'invalid_request_error'
  /** Reverse names are gone after an attach or detach. */
  readonly moveDropsReverse: boolean
  /** A name for an address is refused, as one may be that does not lead to it. */
  readonly nameRefused: boolean
}

export const defaultSwitches: ScalewaySwitches = {
  moveNeedsDetach: false,
  sameServerRefused: false,
  attachSeconds: 0,
  busyServerRefused: false,
  slotsPerServer: 5,
  dynamicCounts: false,
  quotaError: 'quotas_exceeded',
  moveDropsReverse: false,
  nameRefused: false,
}
