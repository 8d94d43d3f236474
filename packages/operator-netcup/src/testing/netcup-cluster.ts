import { setTimeout as pause } from 'node:timers/promises'
import type { Condition, FailoverIPStatus } from '@failover-ip/core'
import {
  createKubernetesClient,
  eventResource,
  failoverIPClassResource,
  failoverIPResource,
  isApiError,
  namespaceResource,
  parseFailoverIP,
  parseFailoverIPClass,
  secretResource,
} from '@failover-ip/kubernetes'
import type {
  FailoverIPClassStatus,
  KubernetesClient,
  KubernetesObject,
  ObjectName,
  ResourceType,
} from '@failover-ip/kubernetes'
import {
  createApiServer,
  createSimulatedNetwork,
  createSimulatedNodes,
  createSimulatedProber,
  failoverIPResources,
  withFaults,
} from '@failover-ip/local-cluster'
import type { ApiServer, FaultyTransport, SimulatedNodes } from '@failover-ip/local-cluster'
import { defineOperator } from '@failover-ip/operator'
import type { Connection, OperatorOptions } from '@failover-ip/operator'
import { createNetcup, netcup } from '@failover-ip/provider-netcup'
import { createNetcupEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { NetcupEmulator, NetcupEmulatorOptions, VirtualClock } from '@failover-ip/provider-testkit'

export const operatorNamespace = 'failover-ip'
export const namespace = 'ingress'
export const v4 = '198.18.88.63'
export const v6 = '2001:db8:a:20::1'
export const units: readonly [v4: string, v6: string] = ['198.18.88.63/32', '2001:db8:a:20::/64']
/** Another account at another panel, for tests of several. */
export const otherPanel = 'https://other.panel.test'
const live = new AbortController().signal

export type Transport = 'rest' | 'soap'

/** One operator process in virtual time. */
export interface Replica {
  readonly log: readonly string[]
  readonly transport: FaultyTransport
  /** As SIGTERM; resolves when it has ended, in virtual time. */
  stop(): Promise<void>
  /** As SIGKILL: nothing of it happens any more. */
  kill(): Promise<void>
}

/** The netcup operator in one process and in virtual time: API, nodes, two accounts at netcup. */
export interface NetcupCluster extends AsyncDisposable {
  readonly clock: VirtualClock
  readonly api: ApiServer
  readonly client: KubernetesClient
  readonly cloud: NetcupEmulator
  readonly other: NetcupEmulator
  readonly nodes: SimulatedNodes
  start(options?: Partial<OperatorOptions>): Replica
  apply(type: ResourceType, object: ObjectWithName): Promise<void>
  status(name?: string): Promise<FailoverIPStatus>
  condition(type: string, name?: string): Promise<Condition | undefined>
  classStatus(name?: string): Promise<FailoverIPClassStatus>
  secret(name?: string): Promise<Readonly<Record<string, string>>>
  /** Reasons of all Events, in the order of the API. */
  eventReasons(): Promise<readonly string[]>
  /** Name of the node whose server has the unit, as the cloud knows it. */
  holder(unit?: string): string | undefined
  /** Lets time pass until it holds; fails after `withinSeconds` of virtual time. */
  until(holds: () => Promise<boolean> | boolean, withinSeconds?: number): Promise<void>
}

export interface ObjectWithName {
  readonly metadata: ObjectName & Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

export interface NetcupClusterOptions {
  readonly transport?: Transport
  readonly emulator?: Partial<NetcupEmulatorOptions>
  /** Sites of the servers of `node-1` and so on. Default: three in site 1. */
  readonly sites?: readonly string[]
  /** Name of the node whose server has both units already. Default: nobody has them. */
  readonly holder?: string
  /** Writes the class, the Secret and one FailoverIP with both addresses. Default: true. */
  readonly install?: boolean
}

export async function createNetcupCluster(options: NetcupClusterOptions = {}): Promise<NetcupCluster> {
  const { transport = 'rest', sites = ['1', '1', '1'], install = true } = options
  const clock = createVirtualClock()
  if (transport === 'soap') await loadSoap(clock)
  const random = pseudoRandom()
  const network = createSimulatedNetwork()
  const api = createApiServer({ resources: failoverIPResources(), clock, random })
  const client = createKubernetesClient({ transport: api.transport, clock })
  const course = { seconds: 8, end: 'done', effect: 'atEnd' } as const
  const emulate = (): NetcupEmulator =>
    createNetcupEmulator({ clock, latencyMs: 150, readLagSeconds: 1, course, random, ...options.emulator })
  const cloud = emulate()
  const other = emulate()
  const specs = sites.map((location, index) => {
    const name = `node-${index + 1}`
    const { ipv4 } = cloud.addServer({ location, nickname: name })
    // The same machines of the other account stand beside them, under the same addresses.
    other.addServer({ location, nickname: name })
    return { name, providerID: `k3s://${name}`, zone: '', address: ipv4 }
  })
  const holder = cloud.snapshot().servers.find(({ nickname }) => nickname === options.holder)
  for (const unit of units) cloud.addUnit({ unit, ...(holder === undefined ? {} : { server: holder.id }) })
  const nodes = createSimulatedNodes({ specs, transport: api.transport, clock, network, random })
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init)
    return (request.url.startsWith(otherPanel) ? other : cloud).fetch(request)
  }
  const replicas: Replica[] = []

  const start: NetcupCluster['start'] = (change = {}) => {
    const log: string[] = []
    const faulty = withFaults(api.transport, clock)
    let isDead = false
    const alive = async <Value>(call: () => Promise<Value>): Promise<Value> => {
      if (isDead) return new Promise(() => {})
      const value = await call()
      return isDead ? new Promise(() => {}) : value
    }
    const connection: Connection = {
      transport: { ...faulty, request: (request) => alive(() => faulty.request(request)) },
      server: 'embedded',
      namespace: undefined,
      close: () => undefined,
    }
    const stop = new AbortController()
    const operator = defineOperator(netcup, {
      clock,
      random,
      fetch: (input, init) => alive(() => fetch(input, init)),
      connect: () => Promise.resolve(connection),
      createProber: () =>
        createSimulatedProber({ clock, wire: (from, node) => Promise.resolve(network.probe(from, node)) }),
      serve: () => Promise.resolve({ port: 0, close: () => Promise.resolve() }),
      output: { write: (line) => void log.push(line) },
    })
    const ended = operator.runWith({ ...operatorOptions, ...change }, { signal: stop.signal })
    ended.catch(() => undefined)
    const replica: Replica = {
      log,
      transport: faulty,
      stop: async () => {
        stop.abort(new Error('the test stops the operator'))
        if (!isDead) await clock.advanceUntil(ended)
      },
      kill: async () => {
        isDead = true
        stop.abort(new Error('the test kills the operator'))
        await clock.advance(0)
      },
    }
    replicas.push(replica)
    return replica
  }
  const apply: NetcupCluster['apply'] = async (type, object) => {
    const { metadata } = object
    const old = await found(client.get(type, metadata, { signal: live }))
    if (old === undefined) await client.create(type, object, { signal: live })
    else {
      const { resourceVersion } = old.metadata
      await client.update(type, { ...object, metadata: { ...metadata, resourceVersion } }, { signal: live })
    }
  }
  const status = async (name = 'web'): Promise<FailoverIPStatus> => {
    const object = await found(client.get(failoverIPResource, { namespace, name }, { signal: live }))
    const parsed = object === undefined ? undefined : parseFailoverIP(object)
    return parsed?.ok === true ? parsed.value.status : {}
  }
  const until: NetcupCluster['until'] = async (holds, withinSeconds = 60) => {
    const end = clock.monotonic() + withinSeconds * 1000
    while (!(await settled(clock, holds))) {
      if (clock.monotonic() >= end) {
        const logs = replicas.map(({ log }) => log.slice(-40).join('')).join('---\n')
        throw new Error(`did not come true within ${withinSeconds} virtual seconds; the logs end with\n${logs}`)
      }
      await clock.advance(50)
    }
  }

  const cluster: NetcupCluster = {
    clock,
    api,
    client,
    cloud,
    other,
    nodes,
    start,
    apply,
    status,
    until,
    condition: async (type, name) => (await status(name)).conditions?.find((each) => each.type === type),
    classStatus: async (name = 'netcup') => {
      const object = await found(client.get(failoverIPClassResource, { name }, { signal: live }))
      const parsed = object === undefined ? undefined : parseFailoverIPClass(object)
      return parsed?.ok === true ? parsed.value.status : {}
    },
    secret: async (name = 'netcup') => {
      const object = await client.get(secretResource, { namespace: operatorNamespace, name }, { signal: live })
      const data = Object.entries(object['data'] as Record<string, string>)
      return Object.fromEntries(data.map(([key, value]) => [key, atob(value)]))
    },
    eventReasons: async () => {
      const { items } = await client.list(eventResource, { signal: live })
      return items.map((event) => String(event['reason']))
    },
    holder: (unit = units[0]) => {
      const server = cloud.holding(unit)?.server
      return cloud.snapshot().servers.find(({ id }) => id === server)?.nickname
    },
    [Symbol.asyncDispose]: async () => {
      for (const replica of replicas) await replica.stop()
      await clock.advanceUntil(Promise.resolve(nodes[Symbol.asyncDispose]()))
    },
  }
  for (const name of [operatorNamespace, namespace]) await apply(namespaceResource, { metadata: { name } })
  if (install) {
    await apply(secretResource, secretOf(cloud, transport))
    await apply(failoverIPClassResource, classOf('netcup', transport))
    await apply(failoverIPResource, failoverIPOf('web', [v4, v6]))
  }
  await clock.advance(1000)
  return cluster
}

export function secretOf(cloud: NetcupEmulator, transport: Transport, name = 'netcup'): ObjectWithName {
  const { loginName, password } = cloud.account
  const values = transport === 'soap' ? { loginName, password } : { refreshToken: cloud.login.refreshToken }
  const data = Object.entries(values).map(([key, value]) => [key, btoa(value)])
  return { metadata: { namespace: operatorNamespace, name }, data: Object.fromEntries(data) }
}

export function classOf(
  name: string,
  transport: Transport,
  spec: Readonly<Record<string, unknown>> = {},
): ObjectWithName {
  const annotations = name === 'netcup' ? { 'failover-ip.dev/is-default-class': 'true' } : {}
  return {
    metadata: { name, annotations },
    spec: {
      controllerName: 'failover-ip.dev/netcup',
      credentialsSecretRef: { name: 'netcup' },
      parameters: transport === 'soap' ? { transport } : {},
      addresses: ['198.18.88.0/24', '2001:db8:a::/48'],
      ...spec,
    },
  }
}

export function failoverIPOf(
  name: string,
  addresses: readonly string[],
  spec: Readonly<Record<string, unknown>> = {},
): ObjectWithName {
  return { metadata: { namespace, name }, spec: { addresses, ...spec } }
}

export const operatorOptions: OperatorOptions = {
  kubeconfig: undefined,
  namespace: operatorNamespace,
  leaderElect: true,
  leaseName: 'failover-ip-netcup',
  leaseTiming: { leaseDuration: 4000, renewDeadline: 3000, retryPeriod: 500, renewInterval: 1000 },
  metricsBindAddress: ':8080',
  healthProbeBindAddress: ':8081',
  logLevel: 'debug',
  logFormat: 'json',
  dryRun: false,
  controllerName: 'failover-ip.dev/netcup',
}

/** Loading a module takes real time, which is to be over before virtual time begins. */
async function loadSoap(clock: VirtualClock): Promise<void> {
  const fetch = (): Promise<never> => Promise.reject(new Error('There is no network.'))
  const account = createNetcup({ transport: 'soap', loginName: 'nobody', password: 'nothing' })
  const node = { name: 'none', addresses: [], labels: {}, annotations: {} }
  await account.open({ fetch, clock, userAgent: 'test' }).resolve([node], { signal: live })
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
