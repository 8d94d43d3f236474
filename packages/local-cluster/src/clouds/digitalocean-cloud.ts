import { digitalocean } from '@failover-ip/provider-digitalocean'
import { createDigitalOceanEmulator } from '@failover-ip/provider-testkit'

import type { LocalCloud } from './local-cloud.ts'

const region = 'nyc3'

export const digitalOceanCloud: LocalCloud = {
  title: 'DigitalOcean',
  provider: digitalocean,
  start: ({ changeSeconds, ...options }) => {
    const emulator = createDigitalOceanEmulator({ ...options, switches: { actionSeconds: changeSeconds } })
    const units = ['45.55.96.47/32', '2604:a880:800:14::42:1/128'] as const
    for (const unit of units) emulator.addAddress({ unit, region })
    return {
      name: digitalocean.name,
      title: digitalOceanCloud.title,
      handle: emulator.handle,
      requests: emulator.requests,
      addNode: (number) => {
        const name = `node-${number}`
        const { providerID, privateAddress } = emulator.addDroplet({ name, location: region })
        return { name, providerID, zone: region, address: privateAddress }
      },
      addresses: ['45.55.96.47', '2604:a880:800:14::42:1'],
      units,
      pace: 'DigitalOcean works on one change of a Droplet at a time, so that the second address is decided on when the first is there',
      credentials: { DIGITALOCEAN_ACCESS_TOKEN: emulator.account.token },
      parameters: (apiUrl) => ({ apiUrl }),
      holder: (unit) => {
        const droplet = emulator.holding(unit)?.server
        return emulator.snapshot().servers.find(({ id }) => id === droplet)?.name
      },
    }
  },
}
