import type { EmulatedAnswer } from '../http/emulator.ts'
import { digitalOceanErrors } from './errors.ts'
import type { DigitalOceanCloud, EmulatedAddress } from './objects.ts'
import { isIPv6 } from './objects.ts'
import type { DigitalOceanSwitches } from './switches.ts'

export interface WantedAction {
  readonly address: EmulatedAddress
  /** The Droplet; `null`: unassign. */
  readonly wanted: string | null
}

/** Why DigitalOcean does not begin an action. */
export function refuseAction(
  cloud: DigitalOceanCloud,
  switches: DigitalOceanSwitches,
  { address, wanted }: WantedAction,
): EmulatedAnswer | undefined {
  const { unprocessable, notFound } = digitalOceanErrors
  const { server, phase } = cloud.holding(address.id)
  if (phase === 'changing') return unprocessable(pending(switches, 'The floating IP'))
  if (wanted === null) return server === null ? unprocessable('The reserved IP is not assigned.') : undefined

  const droplet = cloud.servers.get(wanted)
  if (droplet === undefined) {
    return switches.missingDropletStatus === 404 ? notFound() : unprocessable('The droplet does not exist.')
  }
  if (droplet.location !== address.location) {
    const message = 'The droplet is not in the same region as the reserved IP.'
    return switches.wrongRegionStatus === 404 ? notFound() : unprocessable(message)
  }
  if (server === wanted) {
    return switches.sameDroplet === 'refused' ? unprocessable(switches.occupiedMessage) : undefined
  }
  const aimed = cloud.aimedAt(wanted)
  if (droplet.pendingEvent || (switches.dropletActionsExclude && aimed.length > 0)) {
    return unprocessable(pending(switches, 'Droplet'))
  }
  const rivals = [...cloud.heldBy(wanted), ...aimed].filter(({ id }) => id !== address.id)
  if (rivals.some((other) => switches.slots === 'together' || isIPv6(other) === isIPv6(address))) {
    return unprocessable(switches.occupiedMessage)
  }
  return server !== null && switches.moveNeedsUnassign
    ? unprocessable('The reserved IP is assigned to another droplet.')
    : undefined
}

/** The captured words name what is busy first. */
function pending({ pendingMessage }: DigitalOceanSwitches, what: string): string {
  return pendingMessage.startsWith('already') ? `${what} ${pendingMessage}` : pendingMessage
}
