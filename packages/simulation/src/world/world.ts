import type { FailoverEvent, FailoverIPStatus } from '@failover-ip/core'
import { apiServer, createSimulatedNetwork } from '@failover-ip/local-cluster'
import type { SimulatedNetwork } from '@failover-ip/local-cluster'
import { createScalewayEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { ScalewayEmulator, VirtualClock } from '@failover-ip/provider-testkit'
import { createEffects } from '../machine/effects.ts'
import type { Effects } from '../machine/effects.ts'
import { createRandom } from '../random.ts'
import type { Random } from '../random.ts'
import { createTrace } from '../trace.ts'
import type { Trace } from '../trace.ts'
import { createFailoverIP, describeStatus, unitOf } from './failover-ip-object.ts'
import type { StoredLease } from './lease-client.ts'
import { openScaleway } from './open-scaleway.ts'
import { createReplica } from './replica.ts'
import type { Replica } from './replica.ts'
import { createSimulatedNode } from './simulated-node.ts'
import type { SimulatedNode } from './simulated-node.ts'
import { createStoredObjects } from './stored-objects.ts'
import type { StoredObjects } from './stored-objects.ts'
import type { Weather } from './weather.ts'
import type { FailoverIPOptions, WorldOptions } from './world-options.ts'

/** The operator and all that it deals with, in virtual time. What happens follows from the seed and the calls alone. */
export interface World {
  readonly seed: number
  readonly clock: VirtualClock
  readonly random: Random
  readonly cloud: ScalewayEmulator
  readonly network: SimulatedNetwork
  readonly objects: StoredObjects
  readonly lease: StoredLease
  readonly nodes: readonly SimulatedNode[]
  readonly replicas: readonly Replica[]
  readonly effects: Effects
  readonly trace: Trace
  readonly events: readonly FailoverEvent[]
  readonly troubles: readonly unknown[]
  readonly weather: Weather
  node(name: string): SimulatedNode
  setApiAway(away: boolean): void
  status(name?: string): FailoverIPStatus
  units(name?: string): readonly string[]
  /** Somebody creates one more. */
  add(failoverIP: FailoverIPOptions): void
  /** The node that the provider routes the unit to; `undefined` when it is none of ours. */
  holder(unit: string): string | undefined
  /** What somebody does in the provider's console. */
  moveByHand(unit: string, server: string | null): void
  /** When somebody last did it, monotonic. */
  movedByHandAt(unit: string): number
  /** Tells all watches that something may have changed. */
  notify(): void
  /** Ends all that runs. */
  stop(): void
}

export function createWorld(options: WorldOptions): World {
  const { seed } = options
  const clock = createVirtualClock({ wakeLimit: 100_000_000 })
  const random = createRandom(seed)
  const trace = createTrace(() => clock.monotonic())
  const network = createSimulatedNetwork()
  const objects = createStoredObjects()
  const effects = createEffects({ clock, trace, interfere: options.interfere ?? (() => undefined) })
  const cloud = createScalewayEmulator({
    clock,
    readLagSeconds: options.readLagSeconds ?? 0,
    switches: options.switches ?? {},
  })
  const weather: Weather = { providerAway: false, cloudFault: () => undefined }
  const lease: StoredLease = { current: undefined, version: 0 }
  const events: FailoverEvent[] = []
  const troubles: unknown[] = []
  const ending = new AbortController()
  const replicas: Replica[] = []
  const handMoves = new Map<string, number>()
  let apiSince: number | undefined = 0

  const notify = (): void => {
    for (const replica of replicas) replica.notify()
  }
  const nodes = Array.from({ length: options.nodes ?? 3 }, (_, index): SimulatedNode => {
    const name = `node-${index + 1}`
    const { id: server, providerID, zone } = cloud.addServer({ name })
    return createSimulatedNode({
      name,
      server,
      providerID,
      zone,
      clock,
      network,
      onChange: notify,
      random: random.split(name),
      probes: options.probes ?? true,
      controllerSince: () => apiSince,
    })
  })
  for (const [index, failoverIP] of (options.failoverIPs ?? [{ name: 'web' }]).entries()) {
    objects.put(createFailoverIP(cloud, clock.now() + index, failoverIP))
  }
  objects.onChange((before, after) => {
    trace.add(`store ${after?.key ?? before?.key} ${after === undefined ? 'is gone' : describeStatus(after.status)}`)
    notify()
  })
  for (const node of nodes) node.run(ending.signal).catch(() => undefined)
  for (let index = 1; index <= (options.replicas ?? 1); index++) {
    const name = `replica-${index}`
    const replicaRandom = random.split(name)
    const reachesApi = (): boolean => apiSince !== undefined && network.hears(name, apiServer)
    const replica = createReplica({
      name,
      clock,
      random: replicaRandom,
      effects,
      network,
      objects,
      lease,
      nodes,
      reachesApi,
      createEngine: options.createEngine,
      openAccount: (process, authority) =>
        openScaleway({ process, authority, effects, cloud, weather, random: replicaRandom.split('latency'), options }),
      leaderElection: options.leaderElection ?? true,
      dryRun: options.dryRun ?? false,
      onEvent: (event) => {
        trace.add(`event ${event.reason} ${event.summary}`)
        events.push(event)
      },
      onTrouble: (error) => {
        const stack = error instanceof Error ? error.stack?.split('\n').slice(0, 3).join(' ') : undefined
        trace.add(`trouble ${stack ?? String(error)}`)
        troubles.push(error)
      },
      say: (line) => trace.add(line),
    })
    replicas.push(replica)
  }

  const statusOf = (name = 'web'): FailoverIPStatus => objects.get(`default/${name}`)?.failoverIP.status ?? {}
  return {
    seed,
    clock,
    random,
    cloud,
    network,
    objects,
    lease,
    nodes,
    replicas,
    effects,
    trace,
    events,
    troubles,
    weather,
    node: (name) => {
      const node = nodes.find((one) => one.name === name)
      if (node === undefined) throw new Error(`The world has no ${name}.`)
      return node
    },
    setApiAway: (away) => {
      apiSince = away ? undefined : clock.monotonic()
      trace.add(`the API server is ${away ? 'away' : 'back'}`)
      if (!away) notify()
    },
    status: statusOf,
    add: (failoverIP) => objects.put(createFailoverIP(cloud, clock.now(), failoverIP)),
    units: (name = 'web') => {
      const index = objects.list().findIndex(({ failoverIP }) => failoverIP.key === `default/${name}`)
      return index === -1 ? [] : (objects.list()[index]?.failoverIP.addresses ?? []).map(unitOf)
    },
    holder: (unit) => {
      const attached = cloud.attachment(unit)?.server
      return nodes.find(({ server }) => server === attached)?.name
    },
    moveByHand: (unit, server) => {
      trace.add(`by hand ${unit} to ${server ?? 'nowhere'}`)
      handMoves.set(unit, clock.monotonic())
      cloud.moveByHand(unit, server)
    },
    movedByHandAt: (unit) => handMoves.get(unit) ?? Number.NEGATIVE_INFINITY,
    notify,
    stop: () => {
      ending.abort()
      for (const replica of replicas) replica.remove()
    },
  }
}
