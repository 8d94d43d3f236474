import type { Capabilities, ServerReference } from '@failover-ip/provider'
import type { Fault } from '../../http/fault.ts'
import { httpFaults } from '../../conformance/http-faults.ts'
import { rateLimitSeconds } from '../../conformance/test-cloud.ts'
import type { MakeTestCloud, TestFault } from '../../conformance/test-cloud.ts'
import type { CloudUnit } from '../../cloud/cloud-model.ts'
import { createAcmeCloud } from './acme-cloud.ts'

/** The cloud of one test: what an author of a provider writes. */
export function acmeTestCloud(capabilities: Capabilities): MakeTestCloud {
  return ({ clock }) => {
    const cloud = createAcmeCloud(clock, capabilities)
    const { model } = cloud
    const { token } = cloud
    const faults: Readonly<Record<TestFault, Fault>> = {
      ...httpFaults,
      serverError: { kind: 'status', status: 500 },
      rateLimited: { kind: 'status', status: 429, headers: { 'retry-after': String(rateLimitSeconds) } },
      busy: { kind: 'status', status: 423 },
      echoing: { kind: 'status', status: 400, body: { message: `who is ${token}?` } },
    }
    const referenceOf = (id: string): ServerReference => ({ id, location: model.servers.get(id)?.location ?? '' })
    const unitOf = (cidr: string): CloudUnit => {
      const unit = model.unitOf(cidr)
      if (unit === undefined) throw new Error(`There is no ${cidr}.`)
      return unit
    }
    let counted = 0
    return {
      parameters: {},
      credentials: { token },
      wrongCredentials: { token: 'acme-token-of-others' },
      fetch: cloud.fetch,
      locations: ['here', 'there'],
      faults: Object.keys(faults) as TestFault[],
      addServer: (location) => {
        counted += 1
        const [id, name] = [`s${counted}`, `node-${counted}`]
        model.putServer({ id, name, location, state: 'on' })
        const node = { name, providerID: `acme://${id}`, addresses: [], labels: {}, annotations: {} }
        return { server: referenceOf(id), node }
      },
      removeServer: ({ id }) => model.removeServer(id),
      stopServer: ({ id }) => {
        const server = model.servers.get(id)
        if (server !== undefined) model.putServer({ ...server, state: 'off' })
      },
      addUnit: (family, location) => {
        counted += 1
        const unit =
          family === 'ipv4' ? `192.0.${counted >> 8}.${counted & 255}/32` : `2001:db8:${counted.toString(16)}::/64`
        model.putUnit({ id: `u${counted}`, unit, location }, null)
        return unit
      },
      removeUnit: (unit) => model.removeUnit(unitOf(unit).id),
      place: (unit, server) => model.placeByHand(unitOf(unit).id, server?.id ?? null),
      holder: (unit) => {
        const { server } = model.holding(unitOf(unit).id)
        return server === null ? null : referenceOf(server)
      },
      effects: () => cloud.requests.filter(({ effect }) => effect !== null).length,
      fail: (kind, fault) =>
        void cloud.faults.add({ method: kind === 'reads' ? 'GET' : 'PUT', times: Infinity, fault: faults[fault] }),
      heal: () => cloud.faults.clear(),
      slowDown: (seconds) => model.setCourse({ seconds }),
      lagReads: (seconds) => model.setReadLag(seconds),
      endChanges: (end) => model.setCourse(end === 'withoutEffect' ? { end: 'done', effect: 'never' } : { end }),
      forgetOperations: () => {
        for (const { id } of model.snapshot().actions) model.forgetAction(id)
      },
      lock: (unit) => {
        const { id, ...rest } = unitOf(unit)
        const { server } = model.holding(id)
        model.removeUnit(id)
        model.putUnit({ ...rest, id: `locked-${id}` }, server)
      },
      rotateCredentials: () => {
        cloud.token = 'acme-token-87654321'
        return { token: cloud.token }
      },
      afterNextRead: (act) => void cloud.faults.add({ method: 'GET', fault: { kind: 'meanwhile', act } }),
    }
  }
}
