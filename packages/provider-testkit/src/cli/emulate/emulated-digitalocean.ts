import { z } from 'zod'
import { createDigitalOceanEmulator } from '../../digitalocean/emulator.ts'
import { defaultDigitalOceanSwitches } from '../../digitalocean/switches.ts'
import type { DigitalOceanSwitches } from '../../digitalocean/switches.ts'
import type { EmulatedCloud } from './emulated-account.ts'
import { numberFrom, trueOrFalse } from './switch-values.ts'

const status = z.enum(['404', '422']).transform((text) => (text === '404' ? 404 : 422))

const switches = z.object({
  actionSeconds: numberFrom(0).default(defaultDigitalOceanSwitches.actionSeconds),
  shownAt: z.enum(['start', 'end']).default(defaultDigitalOceanSwitches.shownAt),
  sameDroplet: z.enum(['refused', 'accepted']).default(defaultDigitalOceanSwitches.sameDroplet),
  moveNeedsUnassign: trueOrFalse().default(defaultDigitalOceanSwitches.moveNeedsUnassign),
  slots: z.enum(['perFamily', 'together']).default(defaultDigitalOceanSwitches.slots),
  occupiedMessage: z.string().default(defaultDigitalOceanSwitches.occupiedMessage),
  pendingMessage: z.string().default(defaultDigitalOceanSwitches.pendingMessage),
  ipv6NeedsEnabled: trueOrFalse().default(defaultDigitalOceanSwitches.ipv6NeedsEnabled),
  dropletActionsExclude: trueOrFalse().default(defaultDigitalOceanSwitches.dropletActionsExclude),
  wrongRegionStatus: status.default(defaultDigitalOceanSwitches.wrongRegionStatus),
  missingDropletStatus: status.default(defaultDigitalOceanSwitches.missingDropletStatus),
  shownOnDroplet: trueOrFalse().default(defaultDigitalOceanSwitches.shownOnDroplet),
  floatingIps: z.enum(['served', 'gone']).default(defaultDigitalOceanSwitches.floatingIps),
  reservedIps: z.enum(['served', 'gone']).default(defaultDigitalOceanSwitches.reservedIps),
  retryAfterHeader: trueOrFalse().default(defaultDigitalOceanSwitches.retryAfterHeader),
})

export const emulatedDigitalOcean: EmulatedCloud<DigitalOceanSwitches> = {
  title: "DigitalOcean's API",
  switches,
  open: (options) => {
    const emulator = createDigitalOceanEmulator(options)
    const droplets = ['nyc3', 'nyc3', 'nyc3', 'fra1'].map((location, index) =>
      emulator.addDroplet({ location, name: `node-${index + 1}` }),
    )
    const [first, second] = droplets
    emulator.addAddress({ unit: '45.55.96.47/32', ...(first === undefined ? {} : { droplet: first.id }) })
    emulator.addAddress({ unit: '2604:a880::1/128', ...(second === undefined ? {} : { droplet: second.id }) })
    emulator.addAddress({ unit: '45.55.96.48/32' })
    return {
      handle: emulator.handle,
      requests: emulator.requests,
      credentials: { DIGITALOCEAN_ACCESS_TOKEN: emulator.account.token },
      parameters: (url) => ({ apiUrl: url }),
      servers: droplets.map(({ name, providerID, location }) => ({ name, reference: providerID, location })),
      units: emulator.snapshot().units.map(({ unit, server, location }) => ({ unit, holder: server, location })),
    }
  },
}
