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
  if (wanted === null && server === null) return unprocessable('The reserved IP is not assigned.')
  if (server !== null && server !== wanted && isBusy(cloud, switches, server))
    return unprocessable(pending(switches, 'Droplet'))
  if (wanted === null) return undefined

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
  if (isBusy(cloud, switches, wanted)) return unprocessable(pending(switches, 'Droplet'))
  if (isIPv6(address) && droplet.ipv6Address === null && switches.ipv6NeedsEnabled) {
    return unprocessable('The droplet does not have IPv6 enabled.')
  }
  const rivals = [...cloud.heldBy(wanted), ...cloud.aimedAt(wanted)].filter(({ id }) => id !== address.id)
  if (rivals.some((other) => switches.slots === 'together' || isIPv6(other) === isIPv6(address))) {
    return unprocessable(switches.occupiedMessage)
  }
  return server !== null && switches.moveNeedsUnassign
    ? unprocessable('The reserved IP is assigned to another droplet.')
    : undefined
}

/** Whether something is being done to the Droplet, or to an address that it gets or gives up. */
function isBusy(cloud: DigitalOceanCloud, { dropletActionsExclude }: DigitalOceanSwitches, droplet: string): boolean {
  if (cloud.servers.get(droplet)?.pendingEvent === true) return true
  if (!dropletActionsExclude) return false
  const leaving = cloud.heldBy(droplet).filter(({ id }) => cloud.holding(id).phase === 'changing')
  return cloud.aimedAt(droplet).length > 0 || leaving.length > 0
}

/** The captured words name what is busy first. */
function pending({ pendingMessage }: DigitalOceanSwitches, what: string): string {
  return pendingMessage.startsWith('already') ? `${what} ${pendingMessage}` : pendingMessage
}
