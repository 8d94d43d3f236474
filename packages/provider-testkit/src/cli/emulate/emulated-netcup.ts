import { z } from 'zod'
import { createNetcupEmulator } from '../../netcup/emulator.ts'
import { defaultSwitches } from '../../netcup/switches.ts'
import type { NetcupSwitches } from '../../netcup/switches.ts'
import type { EmulatedCloud } from './emulated-account.ts'
import { numberFrom, trueOrFalse } from './switch-values.ts'

const switches = z.object({
  rotatesRefreshToken: trueOrFalse().default(defaultSwitches.rotatesRefreshToken),
  unrouted: z.enum(['null', 'absent']).default(defaultSwitches.unrouted),
  routedAmongOwn: trueOrFalse().default(defaultSwitches.routedAmongOwn),
  sameServer: z.enum(['task', 'refused']).default(defaultSwitches.sameServer),
  changeDuringTask: z.enum(['replaces', 'refused']).default(defaultSwitches.changeDuringTask),
  windowScope: z.enum(['account', 'address']).default(defaultSwitches.windowScope),
  countsRefused: trueOrFalse().default(defaultSwitches.countsRefused),
  retryAfterHeader: trueOrFalse().default(defaultSwitches.retryAfterHeader),
  mostPerPage: numberFrom(1).default(defaultSwitches.mostPerPage),
  failedTask: z.enum(['ERROR', 'CANCELED', 'ROLLBACK']).default(defaultSwitches.failedTask),
  faultStatus: z
    .enum(['500', '200'])
    .transform((text) => (text === '500' ? 500 : 200))
    .default(defaultSwitches.faultStatus),
  soapSuccess: z.enum(['true', 'empty']).default(defaultSwitches.soapSuccess),
  soapCoolDownSeconds: z
    .enum(['300', '301'])
    .transform((text) => (text === '300' ? 300 : 301))
    .default(defaultSwitches.soapCoolDownSeconds),
})

export const emulatedNetcup: EmulatedCloud<NetcupSwitches> = {
  title: "netcup's server control panel, REST and SOAP",
  switches,
  open: (options) => {
    const emulator = createNetcupEmulator({ ...options, course: { seconds: 20, end: 'done', effect: 'atEnd' } })
    const servers = ['1', '1', '1', '2'].map((location, index) =>
      emulator.addServer({ location, hostname: `node-${index + 1}` }),
    )
    const [first] = servers
    const held = first === undefined ? {} : { server: first.id }
    emulator.addUnit({ unit: '198.18.88.63/32', ...held })
    emulator.addUnit({ unit: '2001:db8:a:20::/64', ...held })
    emulator.addUnit({ unit: '198.18.88.64/32' })
    const { loginName, password } = emulator.account
    return {
      handle: emulator.handle,
      requests: emulator.requests,
      credentials: { refreshToken: emulator.login.refreshToken, loginName, password },
      parameters: (url) => ({ apiUrl: url }),
      servers: servers.map(({ hostname, ipv4, location }) => ({ name: hostname, reference: ipv4, location })),
      units: emulator.snapshot().units.map(({ unit, server, location }) => ({ unit, holder: server, location })),
    }
  },
}
