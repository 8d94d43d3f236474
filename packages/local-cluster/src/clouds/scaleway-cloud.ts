import { scaleway } from '@failover-ip/provider-scaleway'
import { createScalewayEmulator } from '@failover-ip/provider-testkit'

import type { LocalCloud } from './local-cloud.ts'

const zone = 'fr-par-1'

export const scalewayCloud: LocalCloud = {
  title: 'Scaleway',
  provider: scaleway,
  start: ({ clock, latencyMs, readLagSeconds }) => {
    const emulator = createScalewayEmulator({ clock, latencyMs, readLagSeconds })
    const units = ['51.15.129.35/32', '2001:bc8:710:3c3b::/64'] as const
    for (const unit of units) emulator.addIp({ unit, zone })
    const { accessKey, secretKey, project } = emulator.account
    return {
      name: scaleway.name,
      title: scalewayCloud.title,
      handle: emulator.handle,
      requests: emulator.requests,
      addNode: (number) => {
        const name = `node-${number}`
        const { providerID } = emulator.addServer({ name, zone })
        return { name, providerID, zone, address: `10.0.0.${number}` }
      },
      addresses: ['51.15.129.35', '2001:bc8:710:3c3b::1'],
      units,
      credentials: { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_DEFAULT_PROJECT_ID: project },
      parameters: (apiUrl) => ({ apiUrl, zones: [zone] }),
      holder: (unit) => {
        const server = emulator.attachment(unit)?.server
        return emulator.snapshot().servers.find(({ id }) => id === server)?.name
      },
    }
  },
}
