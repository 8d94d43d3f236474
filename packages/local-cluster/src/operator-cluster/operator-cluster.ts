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
import type {
  FailoverIPClassStatus,
  KubernetesClient,
  KubernetesObject,
  KubernetesTransport,
  ResourceType,
} from '@failover-ip/kubernetes'
import type { OperatorOptions, OperatorPorts } from '@failover-ip/operator'
import type { Provider } from '@failover-ip/provider'
import type { VirtualClock } from '@failover-ip/provider-testkit'

import { createApiServer } from '../api/api-server.ts'
import type { ApiServer } from '../api/api-server.ts'
import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'
import { createSimulatedNetwork } from '../nodes/simulated-network.ts'
import type { SimulatedNetwork } from '../nodes/simulated-network.ts'
import type { SimulatedNodeSpec } from '../nodes/simulated-node.ts'
import { createSimulatedNodes } from '../nodes/simulated-nodes.ts'
import type { SimulatedNodes } from '../nodes/simulated-nodes.ts'
import { namespace as failoverIPNamespace, operatorNamespace } from './cluster-object.ts'
import type { ClusterObject } from './cluster-object.ts'
import { startReplica } from './replica.ts'
import type { Replica } from './replica.ts'

const live = new AbortController().signal

/** All but the cloud in one process and in virtual time: API, nodes, and as many operators as are started. */
export interface OperatorCluster extends AsyncDisposable {
  readonly clock: VirtualClock
  readonly api: ApiServer
  readonly client: KubernetesClient
  readonly nodes: SimulatedNodes
  start(options?: Partial<OperatorOptions>, ports?: Partial<OperatorPorts>): Replica
  /** Creates or replaces. */
  apply(kind: keyof typeof resources, object: ClusterObject): Promise<void>
  /** Of the FailoverIP; empty when there is none. */
  status(name?: string): Promise<FailoverIPStatus>
  condition(type: string, name?: string): Promise<Condition | undefined>
  classStatus(name?: string): Promise<FailoverIPClassStatus>
  classCondition(type: string, name?: string): Promise<Condition | undefined>
  /** Lets time pass until it holds; fails after `withinSeconds` of virtual time. */
  until(holds: () => Promise<boolean> | boolean, withinSeconds?: number): Promise<void>
}

const resources: Readonly<Record<'FailoverIP' | 'FailoverIPClass' | 'Secret' | 'Namespace', ResourceType>> = {
  FailoverIP: failoverIPResource,
  FailoverIPClass: failoverIPClassResource,
  Secret: secretResource,
  Namespace: namespaceResource,
}

export interface OperatorClusterOptions<Parameters, Credentials> {
  readonly provider: Provider<Parameters, Credentials>
  /** The same that the cloud lives by. */
  readonly clock: VirtualClock
  readonly random: () => number
  /** To the cloud. */
  readonly fetch: typeof globalThis.fetch
  readonly nodes: readonly SimulatedNodeSpec[]
  /** Default: new ones. */
  readonly api?: ApiServer
  readonly network?: SimulatedNetwork
  /** How kubelets reach the API server. Default: directly. */
  readonly kubeletTransport?: KubernetesTransport
  /** Of virtual time between two looks of `until`. Default: 50. */
  readonly stepMilliseconds?: number
}

/** With its two namespaces and nothing else of ours in it yet. */
export async function createOperatorCluster<Parameters, Credentials>(
  options: OperatorClusterOptions<Parameters, Credentials>,
): Promise<OperatorCluster> {
  const { provider, clock, random, stepMilliseconds = 50 } = options
  const { network = createSimulatedNetwork() } = options
  const { api = createApiServer({ resources: failoverIPResources(), clock, random }) } = options
  const client = createKubernetesClient({ transport: api.transport, clock })
  const { kubeletTransport: transport = api.transport } = options
  const nodes = createSimulatedNodes({ specs: options.nodes, transport, clock, network, random })
  const replicas: Replica[] = []

  const apply: OperatorCluster['apply'] = async (kind, object) => {
    const type = resources[kind]
    const { metadata } = object
    const old = await found(client.get(type, metadata, { signal: live }))
    if (old === undefined) await client.create(type, object, { signal: live })
    else {
      const { resourceVersion } = old.metadata
      await client.update(type, { ...object, metadata: { ...metadata, resourceVersion } }, { signal: live })
    }
  }
  const status: OperatorCluster['status'] = async (name = 'web') => {
    const reading = client.get(failoverIPResource, { namespace: failoverIPNamespace, name }, { signal: live })
    const object = await found(reading)
    if (object === undefined) return {}
    const parsed = parseFailoverIP(object)
    if (!parsed.ok) throw new Error(parsed.problem.message)
    return parsed.value.status
  }
  const classStatus: OperatorCluster['classStatus'] = async (name = provider.name) => {
    const object = await found(client.get(failoverIPClassResource, { name }, { signal: live }))
    const parsed = object === undefined ? undefined : parseFailoverIPClass(object)
    return parsed?.ok === true ? parsed.value.status : {}
  }
  const until: OperatorCluster['until'] = async (holds, withinSeconds = 60) => {
    const end = clock.monotonic() + withinSeconds * 1000
    while (!(await settled(clock, holds))) {
      if (clock.monotonic() >= end) {
        const logs = replicas.map(({ log }) => log.slice(-40).join('')).join('---\n')
        throw new Error(`did not come true within ${withinSeconds} virtual seconds; the logs end with\n${logs}`)
      }
      await clock.advance(stepMilliseconds)
    }
  }

  for (const name of [operatorNamespace, failoverIPNamespace]) await apply('Namespace', { metadata: { name } })
  await clock.advance(1000)
  return {
    clock,
    api,
    client,
    nodes,
    apply,
    status,
    classStatus,
    until,
    start: (changed = {}, ports = {}) => {
      const replica = startReplica({ ...options, transport: api.transport, network, options: changed, ports })
      replicas.push(replica)
      return replica
    },
    condition: async (type, name) => (await status(name)).conditions?.find((each) => each.type === type),
    classCondition: async (type, name) => (await classStatus(name)).conditions?.find((each) => each.type === type),
    [Symbol.asyncDispose]: async () => {
      for (const replica of replicas) await replica.stop()
      await clock.advanceUntil(Promise.resolve(nodes[Symbol.asyncDispose]()))
      // The cloud goes on with a request that was cut off.
      await clock.advance(1000)
    },
  }
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
