import { decorateRouting } from '@failover-ip/core'
import { variantOf } from '@failover-ip/provider'
import {
  createNetcupEmulator,
  createVirtualClock,
  netcupErrors,
  netcupFaults,
  soapFault,
} from '@failover-ip/provider-testkit'
import type { Fault, NetcupEmulator, NetcupSwitches } from '@failover-ip/provider-testkit'
import { lateSeconds, rateLimitSeconds, testProvider } from '@failover-ip/provider-testkit/conformance'
import type { MakeTestCloud, TestCloud, TestFault, Wrap } from '@failover-ip/provider-testkit/conformance'
import { netcup } from './netcup.ts'

// What takes real time is over before virtual time begins.
await import('soap')

type Transport = 'rest' | 'soap'

const bySoap = {
  ...netcup,
  ...variantOf(netcup, { transport: 'soap', apiUrl: 'https://www.servercontrolpanel.de' }),
}
const wrap: Wrap = (routing, { clock, name }) =>
  decorateRouting(routing, { clock, account: name, readDeadline: 10_000, changeDeadline: 5000 })

testProvider(netcup, { title: 'by REST', cloud: testCloud('rest') })
testProvider(netcup, { title: "by REST through core's decorators", cloud: testCloud('rest'), wrap })
testProvider(netcup, {
  title: 'by REST, with the unverified facts turned round',
  cloud: testCloud('rest', {
    mostPerPage: 1,
    unrouted: 'absent',
    routedAmongOwn: true,
    sameServer: 'refused',
    changeDuringTask: 'refused',
    windowScope: 'address',
    countsRefused: true,
    retryAfterHeader: true,
    failedTask: 'ROLLBACK',
  }),
})
testProvider(bySoap, { title: 'by SOAP', cloud: testCloud('soap') })
testProvider(bySoap, {
  title: "by SOAP through core's decorators, with the unverified facts turned round",
  cloud: testCloud('soap', { faultStatus: 200, soapSuccess: 'empty', soapCoolDownSeconds: 301, countsRefused: true }),
  wrap,
})

function testCloud(transport: Transport, switches: Partial<NetcupSwitches> = {}): MakeTestCloud {
  return ({ clock }) => {
    const emulator = createNetcupEmulator({ clock, latencyMs: 150, switches })
    return transport === 'rest' ? restCloud(emulator) : soapCloud(emulator)
  }
}

function restCloud(emulator: NetcupEmulator): TestCloud {
  const faults: Readonly<Record<TestFault, Fault>> = {
    ...commonFaults,
    rateLimited: { kind: 'status', ...netcupErrors.tooMany(rateLimitSeconds) },
    busy: { kind: 'status', ...netcupErrors.locked() },
    echoing: { kind: 'status', ...netcupErrors.invalid('token', emulator.login.refreshToken) },
  }
  return {
    ...commonCloud(emulator, 'rest'),
    parameters: {},
    credentials: { refreshToken: emulator.login.refreshToken },
    wrongCredentials: { refreshToken: 'a-token-that-nobody-has-made' },
    faults: Object.keys(faults) as TestFault[],
    slowDown: (seconds) => emulator.setCourse({ seconds }),
    endChanges: (end) => emulator.setCourse(end === 'withoutEffect' ? { end: 'done', effect: 'never' } : { end }),
    forgetOperations: () => emulator.forgetTasks(),
    lock: (unit) => emulator.setEditable(unit, false),
    rotateCredentials: () => {
      emulator.login.revoke('all')
      return { refreshToken: emulator.login.newRefreshToken() }
    },
    fail: (kind, fault) =>
      void emulator.faults.add({ method: kind === 'reads' ? 'GET' : 'PATCH', times: Infinity, fault: faults[fault] }),
  }
}

function soapCloud(emulator: NetcupEmulator): TestCloud {
  const { loginName, password } = emulator.account
  const soap = (text: string): Fault => ({ kind: 'status', ...soapFault(500, text) })
  const faults: Readonly<Record<Exclude<TestFault, 'truncated'>, Fault>> = {
    ...commonFaults,
    rateLimited: { kind: 'status', status: 429, headers: { 'retry-after': String(rateLimitSeconds) } },
    busy: soap(netcupFaults.coolDown),
    echoing: soap(`${netcupFaults.validation}: ${loginName} ${password}`),
  }
  return {
    ...commonCloud(emulator, 'soap'),
    parameters: { transport: 'soap' },
    credentials: { loginName, password },
    wrongCredentials: { loginName, password: 'another-password' },
    faults: Object.keys(faults).filter((fault) => fault !== 'truncated') as TestFault[],
    rotateCredentials: () => {
      emulator.setPassword('webservice-password-2')
      return { loginName, password: 'webservice-password-2' }
    },
    fail: (kind, fault) => {
      if (fault === 'truncated') return
      const path = kind === 'reads' ? 'WSEndUser?get' : 'WSEndUser?change'
      emulator.faults.add({ path, times: Infinity, fault: faults[fault] })
    },
  }
}

const commonFaults = {
  refused: { kind: 'refuse' },
  droppedBefore: { kind: 'dropBefore' },
  droppedAfter: { kind: 'dropAfter' },
  serverError: { kind: 'status', status: 500, body: { message: 'internal error' } },
  droppedLate: { kind: 'lateEffect', seconds: lateSeconds },
  maintenance: { kind: 'status', status: 503, text: '<html><body>Maintenance</body></html>' },
  htmlPage: { kind: 'status', status: 502, text: '<html><body>Bad gateway</body></html>' },
  missingPage: { kind: 'status', status: 404, text: '<html><body>Not found</body></html>' },
  rateLimitedUntil: {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': new Date(createVirtualClock().now() + 60_000).toUTCString() },
  },
  trickling: { kind: 'trickle', secondsPerByte: 3600 },
  malformed: { kind: 'malformed', text: '<html><body>Maintenance</body></html>', contentType: 'text/html' },
  truncated: { kind: 'truncate' },
  hanging: { kind: 'hang' },
} as const satisfies Partial<Record<TestFault, Fault>>

function commonCloud(
  emulator: NetcupEmulator,
  transport: Transport,
): Omit<TestCloud, 'parameters' | 'credentials' | 'wrongCredentials' | 'faults' | 'fail' | 'slowDown'> {
  let units = 0
  const idOf = (reference: { readonly id: string }): string => {
    const server = emulator.snapshot().servers.find(({ id, name }) => id === reference.id || name === reference.id)
    return server?.id ?? reference.id
  }
  return {
    fetch: emulator.fetch,
    locations: transport === 'rest' ? ['1', '2'] : [''],
    addServer: (location) => {
      const { id, name, ipv4 } = emulator.addServer(location === '' ? {} : { location })
      return {
        server: { id: transport === 'rest' ? id : name, location },
        node: { name: `node-${id}`, addresses: [ipv4], labels: {}, annotations: {} },
      }
    },
    removeServer: (server) => emulator.removeServer(idOf(server)),
    stopServer: (server) => emulator.setServerState(idOf(server), 'SHUTOFF'),
    addUnit: (family, location) => {
      units += 1
      const place = location === '' ? {} : { location }
      const unit = `2001:db8:a:${units.toString(16)}::/64`
      return emulator.addUnit(family === 'ipv4' ? place : { ...place, unit }).unit
    },
    removeUnit: (unit) => emulator.removeUnit(unit),
    place: (unit, server) => emulator.moveByHand(unit, server === null ? null : idOf(server)),
    holder: (unit) => {
      const found = emulator.snapshot().units.find((one) => one.unit === unit)
      const server = emulator.snapshot().servers.find(({ id }) => id === found?.server)
      if (found === undefined || server === undefined) return null
      return transport === 'rest' ? { id: server.id, location: found.location } : { id: server.name, location: '' }
    },
    effects: () => emulator.mutations().length,
    lagReads: (seconds) => emulator.setReadLag(seconds),
    heal: () => emulator.faults.clear(),
  }
}
