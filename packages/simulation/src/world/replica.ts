import type {
  Account,
  Authority,
  Engine,
  EngineInput,
  EngineOptions,
  FailoverEvent,
  NodeReader,
} from '@failover-ip/core'
import { createLeaderElection } from '@failover-ip/kubernetes'
import type { LeaderScope } from '@failover-ip/kubernetes'
import { createSimulatedProber } from '@failover-ip/local-cluster'
import type { SimulatedNetwork } from '@failover-ip/local-cluster'
import type { Clock } from '@failover-ip/provider'
import type { Effects } from '../machine/effects.ts'
import { createProcess } from '../machine/process.ts'
import type { Process } from '../machine/process.ts'
import type { Random } from '../random.ts'
import { createLeaseClient } from './lease-client.ts'
import type { StoredLease } from './lease-client.ts'
import { createReplicaStore } from './replica-store.ts'
import type { SimulatedNode } from './simulated-node.ts'
import type { StoredObjects } from './stored-objects.ts'

/** One pod of the operator: a process that is started again whenever it ends. */
export interface Replica {
  readonly name: string
  readonly leading: boolean
  /** Its watch brings news: call it after anything changed. */
  notify(): void
  pause(): void
  resume(): void
  /** SIGKILL. */
  kill(): void
  /** SIGTERM. */
  terminate(): void
  /** Ends it for good. */
  remove(): void
}

export interface ReplicaOptions {
  readonly name: string
  readonly clock: Clock
  readonly random: Random
  readonly effects: Effects
  readonly network: SimulatedNetwork
  readonly objects: StoredObjects
  readonly lease: StoredLease
  readonly nodes: readonly SimulatedNode[]
  readonly createEngine: (options: EngineOptions) => Engine
  readonly openAccount: (process: Process, authority: Authority) => Account
  /** Whether this replica reaches the Kubernetes API at this instant. */
  readonly reachesApi: () => boolean
  readonly leaderElection: boolean
  readonly dryRun: boolean
  readonly onEvent: (event: FailoverEvent) => void
  readonly onTrouble: (error: unknown) => void
  readonly say: (line: string) => void
}

const restartTime = 1000
const watchLatency = 10
const apiLatency = 10

export function createReplica(options: ReplicaOptions): Replica {
  const { name, clock, say } = options
  let starts = 0
  let removed = false
  let pod: Pod | undefined
  const start = (): void => {
    if (removed) return
    starts += 1
    pod = startPod(`${name}#${starts}`, options, () => {
      say(`${name}#${starts} ended`)
      void clock.sleep(restartTime).then(start)
    })
  }
  start()
  return {
    name,
    get leading() {
      return pod?.leading() ?? false
    },
    notify: () => pod?.notify(),
    pause: () => pod?.process.pause(),
    resume: () => pod?.process.resume(),
    kill: () => pod?.process.kill(),
    terminate: () => pod?.terminate(),
    remove: () => {
      removed = true
      pod?.process.kill()
    },
  }
}

interface Pod {
  readonly process: Process
  leading(): boolean
  notify(): void
  terminate(): void
}

function startPod(name: string, options: ReplicaOptions, onEnd: () => void): Pod {
  const { clock, random, effects, network, objects, lease, nodes, reachesApi, say } = options
  const process = createProcess(name, clock, onEnd)
  const wires = { process, effects, reachable: reachesApi, latency: apiLatency }
  const store = createReplicaStore({ ...wires, objects })
  const leases = new Map<string, { readonly renewals: number; readonly seenAt: number }>()
  const account = options.openAccount(process, { mayAct: () => !options.leaderElection || election.isLeader() })
  const stopping = new AbortController()
  let engine: Engine | undefined
  let listed = false

  const input = (): EngineInput => ({
    nodes: nodes.map((node) => node.state(leases.get(node.name)?.seenAt)),
    failoverIPs: store.failoverIPs(),
    accounts: [{ ...account, recentOperations: objects.recentOperations }],
  })
  const receive = watchOf({ clock, process, reachesApi, objects }, (seen) => {
    store.observe(seen)
    for (const { name: node, renewals } of nodes) {
      if (leases.get(node)?.renewals !== renewals) leases.set(node, { renewals, seenAt: clock.monotonic() })
    }
    listed = true
    engine?.update(input())
  })

  const lead = async (scope: LeaderScope): Promise<void> => {
    say(`${name} leads`)
    while (!listed) await process.clock.sleep(watchLatency, { signal: scope.signal })
    using prober = createSimulatedProber({
      wire: async (from, node) => network.probe(from, node),
      clock: process.clock,
      location: options.name,
    })
    engine = options.createEngine({
      clock: process.clock,
      random: () => random.next(),
      prober,
      store,
      authority: { mayAct: () => scope.isLeader() },
      nodeReader: nodeReaderOf(wires, nodes),
      dryRun: options.dryRun,
      onEvent: options.onEvent,
      onTrouble: options.onTrouble,
    })
    engine.update(input())
    await engine.run({ signal: scope.signal })
    engine = undefined
  }

  const election = createLeaderElection({
    client: createLeaseClient({ ...wires, lease }),
    clock: process.clock,
    random: () => random.next(),
    namespace: 'failover-ip',
    name: 'scaleway',
    identity: name,
    onEvent: (event) => say(`${name} ${JSON.stringify(event)}`),
  })
  receive()
  const { signal } = stopping
  const work = options.leaderElection
    ? election.run(signal, lead)
    : lead({ signal, isLeader: () => true, transitions: 0 })
  void work.catch(options.onTrouble).then(() => process.kill())
  return {
    process,
    leading: () => process.alive && election.isLeader(),
    notify: receive,
    terminate: () => process.post(() => stopping.abort()),
  }
}

/**
 * A watch: what it brings was true one latency ago, and what happened on the way is brought next. Without the API
 * server nothing comes until it is back.
 */
function watchOf(
  {
    clock,
    process,
    reachesApi,
    objects,
  }: Pick<ReplicaOptions, 'clock' | 'reachesApi' | 'objects'> & {
    readonly process: Process
  },
  deliver: (seen: ReturnType<StoredObjects['list']>) => void,
): () => void {
  let underWay = false
  let again = false
  const notify = (): void => {
    again = true
    if (underWay || !process.alive || !reachesApi()) return
    underWay = true
    again = false
    const seen = objects.list()
    void clock.sleep(watchLatency).then(() => {
      underWay = false
      process.post(() => deliver(seen))
      if (again) notify()
    })
  }
  return notify
}

function nodeReaderOf(
  wires: {
    readonly process: Process
    readonly effects: Effects
    readonly reachable: () => boolean
    readonly latency: number
  },
  nodes: readonly SimulatedNode[],
): NodeReader {
  return {
    read: (name, { leaseSeenAt }, { signal }) =>
      wires.effects.perform({
        ...wires,
        signal,
        system: 'kubernetes',
        label: `read Node ${name}`,
        changes: false,
        failure: (kind) => new Error(`the API server gave no answer (${kind})`),
        act: () => nodes.find((node) => node.name === name)?.live(leaseSeenAt) ?? { kind: 'gone' },
      }),
  }
}
