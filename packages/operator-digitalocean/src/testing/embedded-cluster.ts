import { setTimeout as pause } from 'node:timers/promises'
import type { Condition, FailoverIPStatus } from '@failover-ip/core'
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
import type { KubernetesClient, KubernetesObject, ObjectName } from '@failover-ip/kubernetes'
import {
  createApiServer,
  createSimulatedNetwork,
  createSimulatedNodes,
  createSimulatedProber,
  failoverIPResources,
} from '@failover-ip/local-cluster'
import type { ApiServer, SimulatedNetwork, SimulatedNodes } from '@failover-ip/local-cluster'
import { defineOperator } from '@failover-ip/operator'
import type { OperatorOptions } from '@failover-ip/operator'
import { digitalocean } from '@failover-ip/provider-digitalocean'
import { createDigitalOceanEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type {
  DigitalOceanEmulator,
  DigitalOceanEmulatorOptions,
  EmulatedDroplet,
  VirtualClock,
} from '@failover-ip/provider-testkit'

const operatorNamespace = 'failover-ip'
const live = new AbortController().signal

/** One operator process in virtual time. */
export interface Replica {
  readonly log: readonly string[]
  /** As SIGTERM; resolves when it has ended, in virtual time. */
  stop(): Promise<void>
}

/** The operator for DigitalOcean with API, nodes and cloud, in one process and in virtual time. */
export interface EmbeddedCluster extends AsyncDisposable {
  readonly clock: VirtualClock
  readonly client: KubernetesClient
  readonly cloud: DigitalOceanEmulator
  readonly nodes: SimulatedNodes
  start(): Replica
  /** Writes namespace, Secret and class, all of them well. */
  install(parameters?: Readonly<Record<string, unknown>>): Promise<void>
  apply(kind: keyof typeof resources, object: ObjectWithName): Promise<void>
  applyFailoverIP(name: string, addresses: readonly string[], spec?: Readonly<Record<string, unknown>>): Promise<void>
  status(name?: string): Promise<FailoverIPStatus>
  condition(type: string, name?: string): Promise<Condition | undefined>
  classCondition(type: string): Promise<Condition | undefined>
  /** Name of the node whose Droplet has the unit, as the cloud knows it. */
  holder(unit: string): string | undefined
  /** Lets time pass until it holds; fails after `withinSeconds` of virtual time. */
  until(holds: () => Promise<boolean> | boolean, withinSeconds?: number): Promise<void>
  untilReady(name?: string, withinSeconds?: number): Promise<void>
}

interface ObjectWithName {
  readonly metadata: ObjectName & Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

const resources = {
  FailoverIP: failoverIPResource,
  FailoverIPClass: failoverIPClassResource,
  Secret: secretResource,
  Namespace: namespaceResource,
}

export interface EmbeddedClusterOptions extends Omit<Partial<DigitalOceanEmulatorOptions>, 'clock' | 'random'> {
  /** Default: three in `nyc3`. */
  readonly droplets?: readonly Partial<EmulatedDroplet>[]
}

export async function createEmbeddedCluster(options: EmbeddedClusterOptions = {}): Promise<EmbeddedCluster> {
  const { droplets = [{}, {}, {}], ...cloudOptions } = options
  const clock = createVirtualClock()
  const random = pseudoRandom()
  const network = createSimulatedNetwork()
  const api = createApiServer({ resources: failoverIPResources(), clock, random })
  const client = createKubernetesClient({ transport: api.transport, clock })
  const cloud = createDigitalOceanEmulator({ clock, latencyMs: 150, readLagSeconds: 1, random, ...cloudOptions })
  const specs = droplets.map((given, index) => {
    const { name, providerID, location, privateAddress } = cloud.addDroplet({ name: `node-${index + 1}`, ...given })
    return { name, providerID, zone: location, address: privateAddress }
  })
  const nodes = createSimulatedNodes({ specs, transport: api.transport, clock, network, random })
  const replicas: Replica[] = []

  const apply: EmbeddedCluster['apply'] = async (kind, object) => {
    const { metadata } = object
    const old = await found(client.get(resources[kind], metadata, { signal: live }))
    if (old === undefined) await client.create(resources[kind], object, { signal: live })
    else {
      const { resourceVersion } = old.metadata
      await client.update(resources[kind], { ...object, metadata: { ...metadata, resourceVersion } }, { signal: live })
    }
  }
  const status: EmbeddedCluster['status'] = async (name = 'web') => {
    const object = await found(client.get(failoverIPResource, { namespace: 'ingress', name }, { signal: live }))
    const parsed = object === undefined ? undefined : parseFailoverIP(object)
    return parsed?.ok === true ? parsed.value.status : {}
  }
  const condition: EmbeddedCluster['condition'] = async (type, name) =>
    (await status(name)).conditions?.find((each) => each.type === type)
  const until: EmbeddedCluster['until'] = async (holds, withinSeconds = 60) => {
    const end = clock.monotonic() + withinSeconds * 1000
    while (!(await settled(clock, holds))) {
      if (clock.monotonic() >= end) {
        const logs = replicas.map(({ log }) => log.slice(-40).join('')).join('---\n')
        throw new Error(`did not come true within ${withinSeconds} virtual seconds; the logs end with\n${logs}`)
      }
      await clock.advance(500)
    }
  }

  await clock.advance(1000)
  return {
    clock,
    client,
    cloud,
    nodes,
    apply,
    status,
    condition,
    until,
    start: () => {
      const replica = startReplica({ clock, random, api, cloud, network })
      replicas.push(replica)
      return replica
    },
    install: async (parameters = {}) => {
      await apply('Namespace', { metadata: { name: operatorNamespace } })
      await apply('Namespace', { metadata: { name: 'ingress' } })
      await apply('Secret', secretOf(cloud.account.token))
      await apply('FailoverIPClass', classOf({ parameters }))
    },
    applyFailoverIP: (name, addresses, spec = {}) =>
      apply('FailoverIP', { metadata: { namespace: 'ingress', name }, spec: { addresses, ...spec } }),
    classCondition: async (type) => {
      const object = await found(client.get(failoverIPClassResource, { name: 'digitalocean' }, { signal: live }))
      const parsed = object === undefined ? undefined : parseFailoverIPClass(object)
      return parsed?.ok === true ? parsed.value.status.conditions?.find((each) => each.type === type) : undefined
    },
    holder: (unit) => {
      const droplet = cloud.holding(unit)?.server
      return cloud.snapshot().servers.find(({ id }) => id === droplet)?.name
    },
    untilReady: (name, withinSeconds = 60) =>
      until(async () => (await condition('Ready', name))?.status === 'True', withinSeconds),
    [Symbol.asyncDispose]: async () => {
      for (const replica of replicas) await replica.stop()
      await clock.advanceUntil(Promise.resolve(nodes[Symbol.asyncDispose]()))
    },
  }
}

export function secretOf(token: string): ObjectWithName {
  const data = { DIGITALOCEAN_ACCESS_TOKEN: Buffer.from(token).toString('base64') }
  return { metadata: { namespace: operatorNamespace, name: 'digitalocean' }, data }
}

export function classOf(spec: Readonly<Record<string, unknown>> = {}): ObjectWithName {
  return {
    metadata: { name: 'digitalocean', annotations: { 'failover-ip.dev/is-default-class': 'true' } },
    spec: {
      controllerName: 'failover-ip.dev/digitalocean',
      credentialsSecretRef: { name: 'digitalocean' },
      addresses: ['45.55.0.0/16', '2409:40d0::/32'],
      ...spec,
    },
  }
}

interface World {
  readonly clock: VirtualClock
  readonly random: () => number
  readonly api: ApiServer
  readonly cloud: DigitalOceanEmulator
  readonly network: SimulatedNetwork
}

function startReplica({ clock, random, api, cloud, network }: World): Replica {
  const log: string[] = []
  const stop = new AbortController()
  const connection = { transport: api.transport, server: 'embedded', namespace: undefined, close: () => undefined }
  const operator = defineOperator(digitalocean, {
    clock,
    random,
    fetch: cloud.fetch,
    connect: () => Promise.resolve(connection),
    createProber: () =>
      createSimulatedProber({ clock, wire: (from, node) => Promise.resolve(network.probe(from, node)) }),
    serve: () => Promise.resolve({ port: 0, close: () => Promise.resolve() }),
    output: { write: (line) => void log.push(line) },
  })
  const ended = operator.runWith(operatorOptions, { signal: stop.signal })
  // The end is looked at in `stop`.
  ended.catch(() => undefined)
  return {
    log,
    stop: async () => {
      stop.abort(new Error('the test stops the operator'))
      await clock.advanceUntil(ended)
    },
  }
}

const operatorOptions: OperatorOptions = {
  kubeconfig: undefined,
  namespace: operatorNamespace,
  leaderElect: true,
  leaseName: 'failover-ip-digitalocean',
  leaseTiming: { leaseDuration: 4000, renewDeadline: 3000, retryPeriod: 500, renewInterval: 1000 },
  metricsBindAddress: ':8080',
  healthProbeBindAddress: ':8081',
  logLevel: 'debug',
  logFormat: 'json',
  dryRun: false,
  controllerName: 'failover-ip.dev/digitalocean',
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
