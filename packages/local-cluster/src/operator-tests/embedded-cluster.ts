import { setTimeout as pause } from 'node:timers/promises'
import {
  createKubernetesClient,
  failoverIPClassResource,
  failoverIPResource,
  isApiError,
  namespaceResource,
  parseFailoverIP,
  parseFailoverIPClass,
  secretResource,
} from '@failover-ip/kubernetes'
import type { KubernetesClient, KubernetesObject, KubernetesTransport, ObjectName } from '@failover-ip/kubernetes'
import type { Condition, FailoverIPStatus } from '@failover-ip/core'
import { defineOperator } from '@failover-ip/operator'
import type { Connection, Endpoints, OperatorOptions, OperatorPorts } from '@failover-ip/operator'
import { scaleway } from '@failover-ip/provider-scaleway'
import { createScalewayEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { ScalewayEmulator, VirtualClock } from '@failover-ip/provider-testkit'

import { createApiServer } from '../api/api-server.ts'
import type { ApiServer } from '../api/api-server.ts'
import { withFaults } from '../api/faults.ts'
import type { FaultyTransport } from '../api/faults.ts'
import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'
import { createSimulatedNetwork, leader } from '../nodes/simulated-network.ts'
import { createSimulatedNodes } from '../nodes/simulated-nodes.ts'
import type { SimulatedNodes } from '../nodes/simulated-nodes.ts'
import { createSimulatedProber } from '../nodes/simulated-prober.ts'
import { createPauseGate } from './pause-gate.ts'

export const operatorNamespace = 'failover-ip'
export const address = '51.15.129.35'
const live = new AbortController().signal

/** One operator process in virtual time. */
export interface Replica {
  readonly log: readonly string[]
  readonly transport: FaultyTransport
  /** What it serves: `/metrics`, `/healthz`, `/readyz`. */
  get(path: string): { readonly status: number; readonly body: string }
  /** As SIGSTOP and SIGCONT. */
  pause(): void
  resume(): void
  /** As SIGTERM; resolves when it has ended, in virtual time. */
  stop(): Promise<void>
}

/** The whole product in one process and in virtual time: API, nodes, cloud, and as many operators as are started. */
export interface EmbeddedCluster extends AsyncDisposable {
  readonly clock: VirtualClock
  readonly api: ApiServer
  readonly client: KubernetesClient
  readonly cloud: ScalewayEmulator
  readonly nodes: SimulatedNodes
  start(options?: Partial<OperatorOptions>, ports?: Partial<OperatorPorts>): Replica
  /** Writes namespace, Secret, class and one FailoverIP, all of them well. */
  install(): Promise<void>
  apply(kind: 'FailoverIP' | 'FailoverIPClass' | 'Secret' | 'Namespace', object: ObjectWithName): Promise<void>
  status(name?: string): Promise<FailoverIPStatus>
  condition(type: string, name?: string): Promise<Condition | undefined>
  classCondition(type: string, name?: string): Promise<Condition | undefined>
  /** Name of the server that holds the unit, as the cloud knows it. */
  holder(unit?: string): string | undefined
  /** Reaches the API server through the failover IP: not at all while the node that holds the address is silent. */
  readonly byAddress: Connection
  /** Lets time pass until it holds; fails after `withinSeconds` of virtual time. */
  until(holds: () => Promise<boolean> | boolean, withinSeconds?: number): Promise<void>
}

export interface ObjectWithName {
  readonly metadata: ObjectName & Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

const resources = {
  FailoverIP: failoverIPResource,
  FailoverIPClass: failoverIPClassResource,
  Secret: secretResource,
  Namespace: namespaceResource,
}

export interface EmbeddedClusterOptions {
  /** The kubelets reach the API server through the failover IP. Default: directly. */
  readonly kubeletsByAddress?: boolean
}

export async function createEmbeddedCluster(options: EmbeddedClusterOptions = {}): Promise<EmbeddedCluster> {
  const clock = createVirtualClock()
  const random = pseudoRandom()
  const network = createSimulatedNetwork()
  const api = createApiServer({ resources: failoverIPResources(), clock, random })
  const client = createKubernetesClient({ transport: api.transport, clock })
  const cloud = createScalewayEmulator({ clock, latencyMs: 150, readLagSeconds: 1, random })
  const specs = [1, 2, 3].map((number) => {
    const { providerID, zone } = cloud.addServer({ name: `node-${number}` })
    return { name: `node-${number}`, providerID, zone, address: `10.0.0.${number}` }
  })
  cloud.addIp({ unit: `${address}/32` })
  const holder: EmbeddedCluster['holder'] = (unit = `${address}/32`) => {
    const server = cloud.attachment(unit)?.server
    return cloud.snapshot().servers.find(({ id }) => id === server)?.name
  }
  const throughAddress = withFaults(api.transport, clock)
  const isCut = (): boolean => {
    const name = holder()
    return name !== undefined && !network.hears(leader, name)
  }
  throughAddress.inject({ action: { type: 'hang' }, matches: isCut })
  const transport = options.kubeletsByAddress === true ? throughAddress : api.transport
  const nodes = createSimulatedNodes({ specs, transport, clock, network, random })
  const replicas: Replica[] = []

  const start: EmbeddedCluster['start'] = (changed = {}, ports = {}) => {
    const replica = startReplica({ clock, random, transport: api.transport, cloud, network }, changed, ports)
    replicas.push(replica)
    return replica
  }
  const apply: EmbeddedCluster['apply'] = async (kind, object) => {
    const type = resources[kind]
    const { metadata } = object
    const old = await found(client.get(type, metadata, { signal: live }))
    if (old === undefined) await client.create(type, object, { signal: live })
    else {
      const { resourceVersion } = old.metadata
      await client.update(type, { ...object, metadata: { ...metadata, resourceVersion } }, { signal: live })
    }
  }
  const read = async (name: string): Promise<FailoverIPStatus> => {
    const object = await found(client.get(failoverIPResource, { namespace: 'ingress', name }, { signal: live }))
    if (object === undefined) return {}
    const parsed = parseFailoverIP(object)
    if (!parsed.ok) throw new Error(parsed.problem.message)
    return parsed.value.status
  }
  const until: EmbeddedCluster['until'] = async (holds, withinSeconds = 60) => {
    const end = clock.monotonic() + withinSeconds * 1000
    while (!(await settled(clock, holds))) {
      if (clock.monotonic() >= end) {
        const logs = replicas.map(({ log }) => log.slice(-40).join('')).join('---\n')
        throw new Error(`did not come true within ${withinSeconds} virtual seconds; the logs end with\n${logs}`)
      }
      await clock.advance(50)
    }
  }

  const cluster: EmbeddedCluster = {
    clock,
    api,
    client,
    cloud,
    nodes,
    start,
    apply,
    until,
    install: async () => {
      await apply('Namespace', { metadata: { name: operatorNamespace } })
      await apply('Namespace', { metadata: { name: 'ingress' } })
      await apply('Secret', secretOf(cloud))
      await apply('FailoverIPClass', classOf())
      await apply('FailoverIP', failoverIPOf('web', [address]))
    },
    status: (name = 'web') => read(name),
    condition: async (type, name = 'web') => (await read(name)).conditions?.find((each) => each.type === type),
    classCondition: async (type, name = 'scaleway') => {
      const object = await found(client.get(failoverIPClassResource, { name }, { signal: live }))
      const parsed = object === undefined ? undefined : parseFailoverIPClass(object)
      return parsed?.ok === true ? parsed.value.status.conditions?.find((each) => each.type === type) : undefined
    },
    holder,
    byAddress: {
      transport: throughAddress,
      server: `https://${address}:6443`,
      namespace: undefined,
      close: () => undefined,
    },
    [Symbol.asyncDispose]: async () => {
      for (const replica of replicas) await replica.stop()
      await clock.advanceUntil(Promise.resolve(nodes[Symbol.asyncDispose]()))
    },
  }
  await clock.advance(1000)
  return cluster
}

export function secretOf({ account }: ScalewayEmulator, change: Readonly<Record<string, string>> = {}): ObjectWithName {
  const values = { SCW_ACCESS_KEY: account.accessKey, SCW_SECRET_KEY: account.secretKey, ...change }
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
  return { metadata: { namespace: operatorNamespace, name: 'scaleway' }, data: Object.fromEntries(data) }
}

export function classOf(spec: Readonly<Record<string, unknown>> = {}, name = 'scaleway'): ObjectWithName {
  const annotations = name === 'scaleway' ? { 'failover-ip.dev/is-default-class': 'true' } : {}
  return {
    metadata: { name, annotations },
    spec: {
      controllerName: 'failover-ip.dev/scaleway',
      credentialsSecretRef: { name: 'scaleway' },
      parameters: { zones: ['fr-par-1'] },
      addresses: ['51.15.129.0/24', '2001:bc8:710::/48'],
      ...spec,
    },
  }
}

export function failoverIPOf(
  name: string,
  addresses: readonly string[],
  spec: Readonly<Record<string, unknown>> = {},
): ObjectWithName {
  return { metadata: { namespace: 'ingress', name }, spec: { addresses, ...spec } }
}

interface World {
  readonly clock: VirtualClock
  readonly random: () => number
  readonly transport: KubernetesTransport
  readonly cloud: ScalewayEmulator
  readonly network: ReturnType<typeof createSimulatedNetwork>
}

function startReplica(
  { clock: time, random, transport: direct, cloud, network }: World,
  change: Partial<OperatorOptions>,
  ports: Partial<OperatorPorts>,
): Replica {
  const log: string[] = []
  const served: Record<string, Endpoints[string]> = {}
  const gate = createPauseGate()
  const clock = gate.clock(time)
  const transport = withFaults(direct, time)
  const connection: Connection = {
    transport: gate.transport(transport),
    server: 'embedded',
    namespace: undefined,
    close: () => undefined,
  }
  const stop = new AbortController()
  const operator = defineOperator(scaleway, {
    clock,
    random,
    fetch: gate.call(cloud.fetch),
    connect: () => Promise.resolve(connection),
    createProber: () =>
      createSimulatedProber({ clock, wire: gate.call((from, node) => Promise.resolve(network.probe(from, node))) }),
    serve: (_address, endpoints) => {
      Object.assign(served, endpoints)
      return Promise.resolve({ port: 0, close: () => Promise.resolve() })
    },
    output: { write: (line) => void log.push(line) },
    ...ports,
  })
  const ended = operator.runWith({ ...testOptions, ...change }, { signal: stop.signal })
  // The end is looked at in `stop`.
  ended.catch(() => undefined)
  return {
    log,
    transport,
    get: (path) => {
      const response = served[path]?.()
      return { status: response?.status ?? 404, body: response?.body ?? '' }
    },
    pause: () => gate.pause(),
    resume: () => gate.resume(),
    stop: async () => {
      gate.resume()
      stop.abort(new Error('the test stops the operator'))
      await time.advanceUntil(ended)
    },
  }
}

export const testOptions: OperatorOptions = {
  kubeconfig: undefined,
  namespace: operatorNamespace,
  leaderElect: true,
  leaseName: 'failover-ip-scaleway',
  leaseTiming: { leaseDuration: 4000, renewDeadline: 3000, retryPeriod: 500, renewInterval: 1000 },
  metricsBindAddress: ':8080',
  healthProbeBindAddress: ':8081',
  logLevel: 'debug',
  logFormat: 'json',
  dryRun: false,
  controllerName: 'failover-ip.dev/scaleway',
}

/** Asks while nothing but the event loop moves: a question to the in-process API needs no time. */
async function settled(clock: VirtualClock, holds: () => Promise<boolean> | boolean): Promise<boolean> {
  const answer = Promise.resolve(holds())
  await pause(0)
  return clock.advanceUntil(answer)
}

async function found(reading: Promise<KubernetesObject>): Promise<KubernetesObject | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}

/** A run is the same every time. */
function pseudoRandom(): () => number {
  let state = 42
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
