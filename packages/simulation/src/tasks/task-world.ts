import { createEngine, noProber } from '@failover-ip/core'
import type { Engine, FailoverIPInput, FailoverIPStatus, NodeState } from '@failover-ip/core'
import type { Capabilities } from '@failover-ip/provider'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import type { VirtualClock } from '@failover-ip/provider-testkit'
import { createEffects } from '../machine/effects.ts'
import type { Effects } from '../machine/effects.ts'
import { createProcess } from '../machine/process.ts'
import type { Process } from '../machine/process.ts'
import { createRandom } from '../random.ts'
import { createTrace } from '../trace.ts'
import { createReplicaStore } from '../world/replica-store.ts'
import { createStoredObjects } from '../world/stored-objects.ts'
import type { StoredObjects } from '../world/stored-objects.ts'
import { defaultPolicy } from '../world/world-options.ts'
import { createTaskCloud } from './task-cloud.ts'
import type { TaskCloud, TaskCloudOptions } from './task-cloud.ts'

export interface TaskWorldOptions {
  readonly seed: number
  readonly nodes: readonly string[]
  readonly failoverIPs: readonly TaskFailoverIP[]
  readonly cloud: Omit<TaskCloudOptions, 'clock'>
  readonly capabilities?: Partial<Capabilities>
}

export interface TaskFailoverIP {
  readonly name: string
  readonly addresses: readonly string[]
  readonly priority?: number
  readonly policy?: Partial<FailoverIPInput['policy']>
  /** Where its units are at first. */
  readonly on?: string
}

/** One operator process at a time, at a cloud of slow tasks. Nodes are known by what Kubernetes says of them. */
export interface TaskWorld {
  readonly clock: VirtualClock
  readonly cloud: TaskCloud
  readonly objects: StoredObjects
  readonly effects: Effects
  readonly troubles: readonly unknown[]
  status(name: string): FailoverIPStatus
  isReady(name: string): boolean
  add(failoverIP: TaskFailoverIP): void
  /** A node that somebody has marked as out of service is dead at once. */
  lose(node: string): void
  regain(node: string): void
  /** SIGKILL; another process starts a second later. */
  crash(): void
  stop(): void
}

const apiLatency = 10
const restartTime = 1000

export const taskCapabilities: Capabilities = {
  unitPrefixLength: { ipv4: 32, ipv6: 64 },
  locationRule: { location: 'site' },
  slotsPerServer: null,
  move: 'direct',
  release: false,
  asynchronous: true,
  eventualReadSeconds: 2,
  coolDownSeconds: 0,
  accountWindows: [],
  node: 'none',
  announce: false,
  ipMode: 'VIP',
}

export function createTaskWorld(options: TaskWorldOptions): TaskWorld {
  const clock = createVirtualClock({ wakeLimit: 100_000_000 })
  const random = createRandom(options.seed)
  const trace = createTrace(() => clock.monotonic())
  const effects = createEffects({ clock, trace, interfere: () => undefined })
  const cloud = createTaskCloud({ clock, ...options.cloud })
  const objects = createStoredObjects()
  const troubles: unknown[] = []
  const dead = new Set<string>()
  const { windows: accountWindows, coolDownSeconds, slots = null, oneChangePerServer = false } = options.cloud
  const capabilities = {
    ...taskCapabilities,
    accountWindows,
    coolDownSeconds,
    slotsPerServer: slots,
    oneChangePerServer,
    ...options.capabilities,
  }
  let running: { readonly process: Process; readonly tell: () => void; readonly stop: () => void } | undefined
  let starts = 0
  let isOver = false

  const add = ({ name, addresses, priority = 0, policy = {}, on }: TaskFailoverIP): void => {
    for (const address of addresses) cloud.put(unitOf(address), on ?? null)
    objects.put({
      key: name,
      uid: `uid-${name}`,
      generation: 1,
      createdAt: clock.now(),
      addresses,
      account: 'tasks',
      policy: { ...defaultPolicy, ...policy },
      nodeSelector: {},
      tolerations: [],
      priority,
      nodePreferences: [],
      deleting: false,
      protected: false,
      abandoned: false,
      status: {},
    })
  }
  const nodeStates = (): readonly NodeState[] => options.nodes.map((name) => nodeState(name, dead.has(name)))
  const start = (): void => {
    if (isOver) return
    starts += 1
    const process = createProcess(`operator#${starts}`, clock, () => void clock.sleep(restartTime).then(start))
    const store = createReplicaStore({ process, effects, objects, reachable: () => true, latency: apiLatency })
    const stopping = new AbortController()
    const routing = cloud.open((answer) => process.receive(answer))
    const engine: Engine = createEngine({
      clock: process.clock,
      random: () => random.next(),
      prober: noProber,
      store,
      authority: { mayAct: () => process.alive },
      onTrouble: (error) => void troubles.push(error),
    })
    const tell = (): void => {
      store.observe(objects.list())
      const { recentOperations } = objects
      const account = { key: 'tasks', provider: 'tasks', capabilities, routing, recentOperations }
      engine.update({ nodes: nodeStates(), failoverIPs: store.failoverIPs(), accounts: [account] })
    }
    tell()
    engine.run({ signal: stopping.signal }).catch((error: unknown) => void troubles.push(error))
    running = { process, tell, stop: () => stopping.abort() }
  }
  let isTelling = false
  /** What changed at one instant is told once. */
  const changed = (): void => {
    if (isTelling) return
    isTelling = true
    void clock.sleep(apiLatency).then(() => {
      isTelling = false
      running?.process.post(() => running?.tell())
    })
  }
  for (const failoverIP of options.failoverIPs) add(failoverIP)
  objects.onChange(changed)
  start()
  const statusOf = (name: string): FailoverIPStatus => objects.get(name)?.failoverIP.status ?? {}
  return {
    clock,
    cloud,
    objects,
    effects,
    troubles,
    status: statusOf,
    isReady: (name) => statusOf(name).conditions?.find(({ type }) => type === 'Ready')?.status === 'True',
    add,
    lose: (node) => {
      dead.add(node)
      changed()
    },
    regain: (node) => {
      dead.delete(node)
      changed()
    },
    crash: () => running?.process.kill(),
    stop: () => {
      isOver = true
      running?.process.kill()
    },
  }
}

export function unitOf(address: string): string {
  return address.includes(':') ? `${address.slice(0, address.lastIndexOf('::'))}::/64` : `${address}/32`
}

function nodeState(name: string, isDead: boolean): NodeState {
  return {
    facts: { name, addresses: [], labels: {}, annotations: {} },
    uid: `uid-${name}`,
    unschedulable: false,
    taints: isDead ? [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] : [],
    networkUnavailable: false,
    deleting: false,
    ready: isDead ? 'Unknown' : 'True',
  }
}
