import { z } from 'zod'
import { createScalewayEmulator } from '../../scaleway/emulator.ts'
import { defaultSwitches } from '../../scaleway/switches.ts'
import type { ScalewaySwitches } from '../../scaleway/switches.ts'
import type { EmulatedCloud } from './emulated-account.ts'
import { numberFrom, trueOrFalse } from './switch-values.ts'

const switches = z.object({
  moveNeedsDetach: trueOrFalse().default(defaultSwitches.moveNeedsDetach),
  sameServerRefused: trueOrFalse().default(defaultSwitches.sameServerRefused),
  attachSeconds: numberFrom(0).default(defaultSwitches.attachSeconds),
  busyServerRefused: trueOrFalse().default(defaultSwitches.busyServerRefused),
  slotsPerServer: numberFrom(1).default(defaultSwitches.slotsPerServer),
  dynamicCounts: trueOrFalse().default(defaultSwitches.dynamicCounts),
  quotaError: z.enum(['quotas_exceeded', 'invalid_request_error']).default(defaultSwitches.quotaError),
  moveDropsReverse: trueOrFalse().default(defaultSwitches.moveDropsReverse),
  nameRefused: trueOrFalse().default(defaultSwitches.nameRefused),
})

export const emulatedScaleway: EmulatedCloud<ScalewaySwitches> = {
  title: "Scaleway's Instance API",
  switches,
  open: (options) => {
    const emulator = createScalewayEmulator(options)
    const servers = ['fr-par-1', 'fr-par-1', 'fr-par-1', 'nl-ams-1'].map((zone) => emulator.addServer({ zone }))
    const [first, second] = servers
    emulator.addIp({ unit: '51.15.129.35/32', ...(first === undefined ? {} : { server: first.id }) })
    emulator.addIp({ unit: '2001:bc8:710:3c3b::/64', ...(second === undefined ? {} : { server: second.id }) })
    emulator.addIp({ unit: '51.15.129.36/32' })
    const { accessKey, secretKey, project } = emulator.account
    return {
      handle: emulator.handle,
      requests: emulator.requests,
      credentials: { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_DEFAULT_PROJECT_ID: project },
      parameters: (url) => ({ apiUrl: url }),
      servers: servers.map(({ name, providerID, location }) => ({ name, reference: providerID, location })),
      units: emulator.snapshot().ips.map(({ unit, server, location }) => ({ unit, holder: server, location })),
    }
  },
}
