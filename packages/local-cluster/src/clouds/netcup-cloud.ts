import { netcup } from '@failover-ip/provider-netcup'
import { createNetcupEmulator } from '@failover-ip/provider-testkit'

import type { LocalCloud } from './local-cloud.ts'

const site = '1'

export const netcupCloud: LocalCloud = {
  title: 'netcup',
  provider: netcup,
  start: ({ changeSeconds, ...options }) => {
    const emulator = createNetcupEmulator({
      ...options,
      course: { seconds: changeSeconds, end: 'done', effect: 'atEnd' },
    })
    const units = ['198.18.88.63/32', '2001:db8:a:20::/64'] as const
    for (const unit of units) emulator.addUnit({ unit, location: site })
    return {
      name: netcup.name,
      title: netcupCloud.title,
      handle: emulator.handle,
      requests: emulator.requests,
      // No cloud controller names servers here: the provider finds them by the node's address.
      addNode: (number) => {
        const name = `node-${number}`
        const { ipv4 } = emulator.addServer({ hostname: name, location: site })
        return { name, providerID: `k3s://${name}`, zone: 'nuremberg', address: ipv4 }
      },
      addresses: ['198.18.88.63', '2001:db8:a:20::1'],
      units,
      credentials: { refreshToken: emulator.login.refreshToken },
      parameters: (apiUrl) => ({ apiUrl }),
      holder: (unit) => {
        const server = emulator.holding(unit)?.server
        return emulator.snapshot().servers.find(({ id }) => id === server)?.hostname
      },
    }
  },
}
