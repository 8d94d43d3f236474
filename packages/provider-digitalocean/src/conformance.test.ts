import { decorateRouting } from '@failover-ip/core'
import { createDigitalOceanEmulator, digitalOceanErrors } from '@failover-ip/provider-testkit'
import type { DigitalOceanSwitches, Fault } from '@failover-ip/provider-testkit'
import { httpFaults, rateLimitSeconds, testProvider } from '@failover-ip/provider-testkit/conformance'
import type { MakeTestCloud, TestFault } from '@failover-ip/provider-testkit/conformance'
import { capabilitiesFor } from './capabilities.ts'
import { digitalocean } from './digitalocean.ts'
import { parameters } from './settings.ts'

const ipv6Alone = { ...digitalocean.capabilities, unitPrefixLength: { ipv6: 128 } }

testProvider(digitalocean, { cloud: testCloud() })
testProvider(digitalocean, {
  title: "through core's decorators",
  cloud: testCloud(),
  wrap: (routing, { clock, name }) =>
    decorateRouting(routing, { clock, account: name, readDeadline: 10_000, changeDeadline: 5000 }),
})
testProvider(withParameters({ move: 'tryThenUnassign' }), {
  title: 'moves need an unassign',
  cloud: testCloud({ moveNeedsUnassign: true }, { move: 'tryThenUnassign' }),
})
testProvider(withParameters({ slots: 'together' }), {
  title: 'one address of either family on a Droplet',
  cloud: testCloud({ slots: 'together' }, { slots: 'together' }),
})
testProvider(digitalocean, {
  title: 'by the older name of the API, the newer one gone',
  cloud: testCloud({ reservedIps: 'gone' }, { ipv4Api: 'floating_ips' }),
})
testProvider(
  { ...digitalocean, capabilities: ipv6Alone, variant: () => ({ ...digitalocean, capabilities: ipv6Alone }) },
  { title: 'IPv6 alone', cloud: testCloud() },
)
testProvider(digitalocean, {
  title: 'the other unverified facts turned round',
  cloud: testCloud({
    sameDroplet: 'accepted',
    pendingMessage: 'Come back later.',
    occupiedMessage: 'No.',
    ipv6NeedsEnabled: false,
    dropletActionsExclude: false,
    wrongRegionStatus: 404,
    missingDropletStatus: 422,
    shownOnDroplet: false,
    floatingIps: 'gone',
    retryAfterHeader: true,
  }),
})

function withParameters(given: object): typeof digitalocean {
  return { ...digitalocean, capabilities: capabilitiesFor(parameters.parse(given)) }
}

function testCloud(
  switches: Partial<DigitalOceanSwitches> = {},
  given: Readonly<Record<string, unknown>> = {},
): MakeTestCloud {
  return ({ clock }) => {
    const emulator = createDigitalOceanEmulator({ clock, latencyMs: 150, switches: { actionSeconds: 0, ...switches } })
    const { token } = emulator.account
    const reset = String(clock.now() / 1000 + rateLimitSeconds)
    const faults: Readonly<Record<TestFault, Fault>> = {
      ...httpFaults,
      serverError: { kind: 'status', ...digitalOceanErrors.serverError() },
      rateLimited: {
        kind: 'status',
        ...digitalOceanErrors.tooManyRequests(),
        headers: switches.retryAfterHeader === true ? { 'retry-after': '7' } : { 'ratelimit-reset': reset },
      },
      rateLimitedUntil: {
        kind: 'status',
        status: 429,
        headers: { 'retry-after': new Date(clock.now() + 60_000).toUTCString() },
      },
      busy: { kind: 'status', ...digitalOceanErrors.unprocessable('Droplet already has a pending event') },
      echoing: { kind: 'status', ...digitalOceanErrors.unprocessable(`bad token ${token}`) },
    }
    let counted = 0
    return {
      parameters: given,
      credentials: { DIGITALOCEAN_ACCESS_TOKEN: token },
      wrongCredentials: { DIGITALOCEAN_ACCESS_TOKEN: 'dop_v1_of_somebody_else' },
      fetch: emulator.fetch,
      locations: ['nyc3', 'fra1'],
      faults: Object.keys(faults) as TestFault[],
      addServer: (location) => {
        const { id, name, providerID } = emulator.addDroplet({ location })
        return { server: { id, location }, node: { name, providerID, addresses: [], labels: {}, annotations: {} } }
      },
      removeServer: ({ id }) => emulator.removeDroplet(id),
      stopServer: ({ id }) => emulator.changeDroplet(id, { status: 'off' }),
      addUnit: (family, region) => {
        counted += 1
        const unit = `2604:a880:800:14::${counted.toString(16)}/128`
        return emulator.addAddress(family === 'ipv4' ? { region } : { region, unit }).unit
      },
      removeUnit: (unit) => emulator.removeAddress(unit),
      place: (unit, server) => emulator.moveByHand(unit, server?.id ?? null),
      holder: (unit) => {
        const [address] = emulator.snapshot().units.filter((one) => one.unit === unit)
        if (address === undefined || address.server === null) return null
        return { id: address.server, location: address.location }
      },
      effects: () => emulator.mutations().length,
      fail: (kind, fault) => {
        const method = kind === 'reads' ? 'GET' : 'POST'
        emulator.faults.add({ method, times: Infinity, fault: faults[fault] })
      },
      heal: () => emulator.faults.clear(),
      slowDown: (actionSeconds) => emulator.setSwitches({ actionSeconds }),
      lagReads: (seconds) => emulator.setReadLag(seconds),
      endChanges: (end) => emulator.setActionEnd(end),
      forgetOperations: () => {
        for (const { unit } of emulator.snapshot().units) emulator.forgetActions(unit)
      },
      rotateCredentials: () => {
        const rotated = 'dop_v1_rotated'
        emulator.setAccount({ token: rotated })
        return { DIGITALOCEAN_ACCESS_TOKEN: rotated }
      },
      afterNextRead: (act) => void emulator.faults.add({ method: 'GET', fault: { kind: 'meanwhile', act } }),
    }
  }
}
