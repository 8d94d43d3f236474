import type { NodeFacts } from '@failover-ip/provider'
import type { CloudModel, CloudServer, CloudUnit } from '../cloud/cloud-model.ts'
import type { Fault, FaultRule } from '../http/fault.ts'
import type { HttpEmulator } from '../http/emulator.ts'
import { httpFaults } from './http-faults.ts'
import type { TestCloud, TestFault } from './test-cloud.ts'

/** What the cloud model does not know of a cloud. The optional methods of `TestCloud` may be added. */
export interface ModelTestCloudOptions<Server extends CloudServer, Unit extends CloudUnit> extends Pick<
  TestCloud,
  'parameters' | 'credentials' | 'wrongCredentials' | 'locations'
> {
  readonly model: CloudModel<Server, Unit>
  readonly http: HttpEmulator
  /** The faults whose answers are the cloud's own; `httpFaults` brings the others. One that is `undefined` cannot be shown. */
  readonly faults: Readonly<Partial<Record<TestFault, Fault | undefined>>>
  /** Which requests are which. Default: by their method, `GET` and `POST|PUT|PATCH|DELETE`. */
  readonly requests?: { readonly reads: RequestPattern; readonly changes: RequestPattern }
  /** The server with this number, and the node that runs on it. */
  readonly server: (count: number, location: string) => { readonly server: Server; readonly node: NodeFacts }
  /** The unit with this number. Its CIDR must be in canonical form. */
  readonly unit: (count: number, family: 'ipv4' | 'ipv6', location: string) => Unit
}

type RequestPattern = Pick<FaultRule, 'method' | 'path'>

const byMethod = { reads: { method: 'GET' }, changes: { method: 'POST|PUT|PATCH|DELETE' } }

/**
 * The cloud of one test over `createCloudModel` and `createHttpEmulator`. What is the cloud's own remains: settings, faults,
 * and how servers and units look. Changes are done at once, and reads do not lag, until the suite wants it otherwise.
 *
 * @example
 * testProvider(acme, { cloud: ({ clock }) => modelTestCloud({ ...createAcmeEmulator({ clock }), ...settings, faults, server, unit }) })
 */
export function modelTestCloud<Server extends CloudServer, Unit extends CloudUnit>(
  options: ModelTestCloudOptions<Server, Unit>,
): TestCloud {
  const { model, http, requests = byMethod, parameters, credentials, wrongCredentials, locations } = options
  const faults = new Map(Object.entries<Fault | undefined>({ ...httpFaults, ...options.faults }))
  const canShow = (name: string): name is TestFault => faults.get(name) !== undefined
  const identify = (cidr: string): string => {
    const unit = model.unitOf(cidr)
    if (unit === undefined) throw new Error(`The cloud has no ${cidr}.`)
    return unit.id
  }
  let counted = 0
  const readLagSeconds = model.readLag()
  model.setCourse({ seconds: 0 })
  model.setReadLag(0)
  return {
    parameters,
    credentials,
    wrongCredentials,
    locations,
    readLagSeconds,
    fetch: http.fetch,
    faults: [...faults.keys()].filter(canShow),
    addServer: (location) => {
      const { server, node } = options.server(++counted, location)
      model.putServer(server)
      return { server: { id: server.id, location: server.location }, node }
    },
    removeServer: ({ id }) => model.removeServer(id),
    addUnit: (family, location) => {
      const unit = options.unit(++counted, family, location)
      model.putUnit(unit, null)
      return unit.unit
    },
    removeUnit: (unit) => model.removeUnit(identify(unit)),
    place: (unit, server) => model.placeByHand(identify(unit), server?.id ?? null),
    holder: (unit) => {
      const { server } = model.holding(identify(unit))
      return server === null ? null : { id: server, location: model.servers.get(server)?.location ?? '' }
    },
    effects: () => http.requests.filter(({ effect }) => effect !== null).length,
    fail: (kind, fault) => {
      const shown = faults.get(fault)
      if (shown === undefined) throw new Error(`The cloud cannot show the fault ${fault}.`)
      http.faults.add({ ...requests[kind], times: Infinity, fault: shown })
    },
    heal: () => http.faults.clear(),
    slowDown: (seconds) => model.setCourse({ seconds }),
    lagReads: (seconds) => model.setReadLag(seconds),
    endChanges: (end) => model.setCourse(end === 'withoutEffect' ? { end: 'done', effect: 'never' } : { end }),
    forgetOperations: () => {
      for (const { id } of model.snapshot().actions) model.forgetAction(id)
    },
    afterNextRead: (act) => void http.faults.add({ ...requests.reads, fault: { kind: 'meanwhile', act } }),
  }
}
