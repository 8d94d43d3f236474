import { modelTestCloud, rateLimitSeconds } from '@failover-ip/provider-testkit/conformance'
import type { MakeTestCloud } from '@failover-ip/provider-testkit/conformance'
import { createNimbusEmulator, tooOften } from './nimbus-emulator.ts'

/** Nimbus as the conformance suite sees it. */
export const nimbusTestCloud: MakeTestCloud = ({ clock }) => {
  const { key, model, http } = createNimbusEmulator({ clock })
  const cloud = modelTestCloud({
    model,
    http,
    parameters: {},
    credentials: { NIMBUS_KEY: key },
    wrongCredentials: { NIMBUS_KEY: 'nk-of-somebody-else' },
    locations: ['north', 'south'],
    faults: {
      serverError: { kind: 'status', status: 500, body: { error: 'internal', text: 'Sorry.' } },
      rateLimited: { kind: 'status', status: 429, body: tooOften(rateLimitSeconds) },
      busy: { kind: 'status', status: 409, body: { error: 'block_moving', text: 'It is being moved.' } },
      echoing: { kind: 'status', status: 400, body: { error: 'bad_request', text: `Not understood, ${key}.` } },
    },
    server: (count, site) => {
      const [id, name] = [`m-${count}`, `node-${count}`]
      const node = { name, providerID: `nimbus://${site}/${id}`, addresses: [], labels: {}, annotations: {} }
      return { server: { id, name, location: site, power: 'on' }, node }
    },
    unit: (count, family, location) => {
      const unit =
        family === 'ipv4' ? `198.51.${count >> 8}.${count & 255}/32` : `2001:db8:0:${count.toString(16)}::/64`
      return { id: unit, unit, location }
    },
  })
  return {
    ...cloud,
    stopServer: ({ id }) => {
      const machine = model.servers.get(id)
      if (machine !== undefined) model.putServer({ ...machine, power: 'off' })
    },
  }
}
