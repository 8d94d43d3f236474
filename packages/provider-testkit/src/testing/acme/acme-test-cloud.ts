import type { Capabilities } from '@failover-ip/provider'
import { modelTestCloud } from '../../conformance/model-test-cloud.ts'
import { rateLimitSeconds } from '../../conformance/test-cloud.ts'
import type { MakeTestCloud } from '../../conformance/test-cloud.ts'
import type { CloudUnit } from '../../cloud/cloud-model.ts'
import { createAcmeCloud } from './acme-cloud.ts'
import type { AcmeServer } from './acme-cloud.ts'

/** The cloud of one test: what an author of a provider writes. */
export function acmeTestCloud(capabilities: Capabilities): MakeTestCloud {
  return ({ clock }) => {
    const cloud = createAcmeCloud(clock, capabilities)
    const { model, token } = cloud
    const common = modelTestCloud<AcmeServer, CloudUnit>({
      model,
      http: cloud,
      parameters: {},
      credentials: { token },
      wrongCredentials: { token: 'acme-token-of-others' },
      locations: ['here', 'there'],
      faults: {
        serverError: { kind: 'status', status: 500 },
        rateLimited: { kind: 'status', status: 429, headers: { 'retry-after': String(rateLimitSeconds) } },
        busy: { kind: 'status', status: 423 },
        echoing: { kind: 'status', status: 400, body: { message: `who is ${token}?` } },
      },
      server: (count, location) => {
        const [id, name] = [`s${count}`, `node-${count}`]
        const node = { name, providerID: `acme://${id}`, addresses: [], labels: {}, annotations: {} }
        return { server: { id, name, location, state: 'on' }, node }
      },
      unit: (count, family, location) => {
        const ipv4 = `192.0.${count >> 8}.${count & 255}/32`
        return { id: `u${count}`, unit: family === 'ipv4' ? ipv4 : `2001:db8:${count.toString(16)}::/64`, location }
      },
    })
    return {
      ...common,
      stopServer: ({ id }) => {
        const server = model.servers.get(id)
        if (server !== undefined) model.putServer({ ...server, state: 'off' })
      },
      lock: (cidr) => {
        const unit = model.unitOf(cidr)
        if (unit === undefined) return
        const { server } = model.holding(unit.id)
        model.removeUnit(unit.id)
        model.putUnit({ ...unit, id: `locked-${unit.id}` }, server)
      },
      rotateCredentials: () => {
        cloud.token = 'acme-token-87654321'
        return { token: cloud.token }
      },
    }
  }
}
