import { decorateRouting } from '@failover-ip/core'
import { createScalewayEmulator, createVirtualClock, scalewayErrors } from '@failover-ip/provider-testkit'
import type { Fault, ScalewaySwitches } from '@failover-ip/provider-testkit'
import { httpFaults, rateLimitSeconds, testProvider } from '@failover-ip/provider-testkit/conformance'
import type { MakeTestCloud, TestFault } from '@failover-ip/provider-testkit/conformance'
import { scaleway } from './scaleway.ts'

testProvider(scaleway, { cloud: scalewayTestCloud() })
testProvider(scaleway, {
  title: "through core's decorators",
  cloud: scalewayTestCloud(),
  wrap: (routing, { clock, name }) =>
    decorateRouting(routing, { clock, account: name, readDeadline: 10_000, changeDeadline: 5000 }),
})
testProvider(scaleway, { title: 'moves need a detach', cloud: scalewayTestCloud({ moveNeedsDetach: true }) })
testProvider(scaleway, {
  title: 'the other unverified facts turned round',
  cloud: scalewayTestCloud({ sameServerRefused: true, busyServerRefused: true, quotaError: 'invalid_request_error' }),
})

const faults: Readonly<Record<TestFault, Fault>> = {
  ...httpFaults,
  serverError: { kind: 'status', status: 500, body: { message: 'internal error' } },
  rateLimited: { kind: 'status', ...scalewayErrors.tooManyRequests(rateLimitSeconds) },
  rateLimitedUntil: {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': new Date(createVirtualClock().now() + 60_000).toUTCString() },
  },
  busy: { kind: 'status', ...scalewayErrors.transientState('instance_ip', 'x', 'pending') },
  echoing: { kind: 'status', ...scalewayErrors.invalidRequest('bad token 90000000-0000-4000-8000-000000000001') },
}

function scalewayTestCloud(given: Partial<ScalewaySwitches> = {}): MakeTestCloud {
  return ({ clock }) => {
    const emulator = createScalewayEmulator({ clock, latencyMs: 150, switches: given })
    const { accessKey, secretKey, project } = emulator.account
    const credentials = { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_DEFAULT_PROJECT_ID: project }
    let prefixes = 0
    return {
      parameters: {},
      credentials,
      wrongCredentials: { ...credentials, SCW_SECRET_KEY: '66666666-6666-4666-8666-666666666666' },
      fetch: emulator.fetch,
      locations: ['fr-par-1', 'nl-ams-1'],
      faults: Object.keys(faults) as TestFault[],
      addServer: (zone) => {
        const { id, name, providerID } = emulator.addServer({ zone })
        return {
          server: { id, location: zone },
          node: { name, providerID, addresses: [], labels: {}, annotations: {} },
        }
      },
      removeServer: ({ id }) => emulator.removeServer(id),
      stopServer: ({ id }) => emulator.setServerState(id, 'stopped'),
      addUnit: (family, zone) => {
        prefixes += 1
        const unit = `2001:bc8:710:${prefixes.toString(16)}::/64`
        return emulator.addIp(family === 'ipv4' ? { zone } : { zone, unit }).unit
      },
      removeUnit: (unit) => emulator.removeIp(unit),
      place: (unit, server) => emulator.moveByHand(unit, server?.id ?? null),
      holder: (unit) => {
        const [ip] = emulator.snapshot().ips.filter((one) => one.unit === unit)
        return ip === undefined || ip.server === null ? null : { id: ip.server, location: ip.location }
      },
      effects: () => emulator.mutations().length,
      slowDown: (attachSeconds) => emulator.setSwitches({ attachSeconds }),
      lagReads: (seconds) => emulator.setReadLag(seconds),
      fail: (kind, fault) => {
        const method = kind === 'reads' ? 'GET' : 'PATCH'
        emulator.faults.add({ method, times: Infinity, fault: faults[fault] })
      },
      heal: () => emulator.faults.clear(),
      endChanges: (end) => emulator.setCourse(end === 'withoutEffect' ? { end: 'done', effect: 'never' } : { end }),
      rotateCredentials: () => {
        const rotated = '90000000-0000-4000-8000-000000000002'
        emulator.setAccount({ secretKey: rotated })
        return { ...credentials, SCW_SECRET_KEY: rotated }
      },
      afterNextRead: (act) => void emulator.faults.add({ method: 'GET', fault: { kind: 'meanwhile', act } }),
      failLocation: (zone, fault) =>
        void emulator.faults.add({ method: 'GET', path: zone, times: Infinity, fault: faults[fault] }),
    }
  }
}
