/** Facts about DigitalOcean's API that nobody has verified, each in all positions. Tests run in them. */
export interface DigitalOceanSwitches {
  /** How long an action on an address takes; some 10 s were seen. */
  readonly actionSeconds: number
  /** The Droplet of an address changes as soon as the action is accepted, or with its end. */
  readonly shownAt: 'start' | 'end'
  /** What assigning an address to the Droplet that has it is answered: refused, or an action without effect. */
  readonly sameDroplet: 'refused' | 'accepted'
  /** Assigning an address that another Droplet has is refused until it is unassigned. */
  readonly moveNeedsUnassign: boolean
  /** A Droplet has room for one address of each family, or for one alone. */
  readonly slots: 'perFamily' | 'together'
  /** The words in which a Droplet that has an address refuses another. */
  readonly occupiedMessage: string
  /** The words in which an address, or a Droplet, with an action under way refuses another. */
  readonly pendingMessage: string
  /** A Droplet without IPv6 of its own refuses a reserved IPv6 address. */
  readonly ipv6NeedsEnabled: boolean
  /** Two actions for one Droplet, that gets an address or gives one up, exclude each other, also about two addresses. */
  readonly dropletActionsExclude: boolean
  /** How a Droplet of another region is refused, and one that is not there. */
  readonly wrongRegionStatus: 422 | 404
  readonly missingDropletStatus: 404 | 422
  /** A Droplet shows its reserved IPv4 address as a second public one. */
  readonly shownOnDroplet: boolean
  /** The older name of the API still answers. */
  readonly floatingIps: 'served' | 'gone'
  /** The newer name of the API answers: the reason for the fallback to the older one. */
  readonly reservedIps: 'served' | 'gone'
  /** A 429 also carries `retry-after`. */
  readonly retryAfterHeader: boolean
}

export const defaultDigitalOceanSwitches: DigitalOceanSwitches = {
  actionSeconds: 10,
  shownAt: 'end',
  sameDroplet: 'refused',
  moveNeedsUnassign: false,
  slots: 'perFamily',
  occupiedMessage: 'The droplet already has a reserved IP assigned.',
  pendingMessage: 'already has a pending event.',
  ipv6NeedsEnabled: true,
  dropletActionsExclude: true,
  wrongRegionStatus: 422,
  missingDropletStatus: 404,
  shownOnDroplet: true,
  floatingIps: 'served',
  reservedIps: 'served',
  retryAfterHeader: false,
}
