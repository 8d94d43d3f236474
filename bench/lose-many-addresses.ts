import { createFailover } from '@failover-ip/core'
import type { FailoverIPStatus, FailoverNode, Prober, StateStore } from '@failover-ip/core'
import { createSimulatedNetwork, createSimulatedProber } from '@failover-ip/local-cluster'
import type { ConfiguredProvider } from '@failover-ip/provider'
import { createDigitalOcean } from '@failover-ip/provider-digitalocean'
import { createNetcup } from '@failover-ip/provider-netcup'
import { createScaleway } from '@failover-ip/provider-scaleway'
import {
  createDigitalOceanEmulator,
  createNetcupEmulator,
  createScalewayEmulator,
  createVirtualClock,
} from '@failover-ip/provider-testkit'
import type { HttpEmulator, VirtualClock } from '@failover-ip/provider-testkit'

const latencyMs = 150
const jobSeconds = 10

/** An account with addresses that are all on servers about to be lost, and servers that have room for them. */
interface Scene {
  readonly provider: ConfiguredProvider
  readonly emulator: HttpEmulator
  readonly nodes: readonly FailoverNode[]
  readonly lost: readonly string[]
  readonly units: readonly string[]
  holder(unit: string): string | null | undefined
  /** From the first change that is asked for to the effect of the last, as fast as the limits allow, in seconds. */
  readonly best: number
  readonly limit: string
  /** Milliseconds between probes. Default: the engine's. */
  readonly probeInterval?: number
}

/**
 * Many addresses lose their nodes at the same moment, on each cloud: as many to a server as that cloud allows. Time
 * from the first request for a change to the end of the last, in virtual time.
 */
export async function loseManyAddresses(addressCount: number): Promise<readonly object[]> {
  const rows: object[] = []
  for (const [cloud, make] of Object.entries(scenes)) rows.push({ cloud, ...(await measure(make, addressCount)) })
  return rows
}

async function measure(make: MakeScene, addressCount: number): Promise<object> {
  const clock = createVirtualClock()
  const scene = make(clock, addressCount)
  const network = createSimulatedNetwork()
  for (const { name } of scene.nodes) network.attach(name, `${name}-1`)
  const probes = createSimulatedProber({ clock, wire: (from, node) => Promise.resolve(network.probe(from, node)) })
  const prober: Prober = {
    ...probes,
    watch: (targets) =>
      probes.watch(targets.map((each) => ({ ...each, interval: scene.probeInterval ?? each.interval }))),
  }
  const failover = createFailover({
    provider: scene.provider,
    nodes: scene.nodes,
    failoverIPs: scene.units.map((unit) => ({ name: unit, addresses: [unit.slice(0, unit.indexOf('/'))] })),
    ports: { clock, prober, store: memoryStore(), fetch: scene.emulator.fetch },
  })
  const stop = new AbortController()
  const run = (async () => {
    for await (const _event of failover.run({ signal: stop.signal }));
  })()
  await clock.advance(30_000)
  const changesBefore = effects(scene).length
  for (const name of scene.lost) network.silence(name)
  const lost = new Set(scene.lost)
  const isLeft = (unit: string): boolean => !lost.has(scene.holder(unit) ?? '')
  // It is asked at every step of the clock, so that each unit is looked at until it has left its node, and not again.
  const staying = [...scene.units]
  const isOver = (): boolean => {
    while (staying.length > 0 && isLeft(staying.at(-1) ?? '')) staying.pop()
    return staying.length === 0 && scene.units.every(isLeft)
  }
  const lostAt = clock.monotonic()
  await clock.advanceUntil(() => effects(scene).length > changesBefore, { withinMilliseconds: 600_000 })
  const firstAt = effects(scene).at(-1)?.at ?? clock.monotonic()
  await clock.advanceUntil(isOver, { withinMilliseconds: Math.max(scene.best * 3, 600) * 1000 })
  const over = clock.monotonic()
  stop.abort()
  await clock.advanceUntil(run)
  probes[Symbol.dispose]()
  const seconds = (over - firstAt + latencyMs / 2) / 1000
  return {
    addresses: addressCount,
    servers: scene.nodes.length,
    lostServers: scene.lost.length,
    limit: scene.limit,
    firstChangeAfterSeconds: round((firstAt - lostAt) / 1000),
    seconds: round(seconds),
    bestSeconds: round(scene.best),
    ratio: round(seconds / scene.best),
  }
}

type MakeScene = (clock: VirtualClock, addressCount: number) => Scene

const scenes: Readonly<Record<string, MakeScene>> = {
  scaleway: (clock, addressCount) => {
    const emulator = createScalewayEmulator({ clock, latencyMs, readLagSeconds: 1 })
    const lost = Math.ceil(addressCount / 5)
    const servers = range(2.5 * lost).map(() => emulator.addServer())
    const units = range(addressCount).map((index) => emulator.addIp({ server: servers[index % lost]?.id ?? '' }).unit)
    const { accessKey, secretKey, project: projectId } = emulator.account
    return {
      provider: createScaleway({ accessKey, secretKey, projectId, zones: ['fr-par-1'] }),
      emulator,
      nodes: servers.map(({ name, providerID }, index) => ({ name, providerID, probe: probeOf(index) })),
      lost: servers.slice(0, lost).map(({ name }) => name),
      units,
      holder: (unit) => {
        const server = emulator.attachment(unit)?.server
        return servers.find(({ id }) => id === server)?.name
      },
      best: latencyMs / 2000,
      limit: 'one call',
    }
  },
  netcup: (clock, addressCount) => {
    const course = { seconds: jobSeconds, end: 'done', effect: 'atEnd' } as const
    const emulator = createNetcupEmulator({ clock, latencyMs, readLagSeconds: 1, course })
    const servers = range(4).map((index) => emulator.addServer({ ipv4: probeOf(index), hostname: `node-${index}` }))
    const units = range(addressCount).map(() => emulator.addUnit({ server: servers[0]?.id ?? '' }).unit)
    return {
      provider: createNetcup({ refreshToken: emulator.login.refreshToken }),
      emulator,
      nodes: servers.map(({ hostname, name, ipv4 }) => ({
        name: hostname,
        providerID: `netcup://${name}`,
        probe: ipv4,
      })),
      lost: ['node-0'],
      units,
      holder: (unit) => servers.find(({ id }) => id === emulator.holding(unit)?.server)?.hostname,
      // Twenty an hour, of which the second ten come 300 s after the first.
      best: (Math.ceil(addressCount / 20) - 1) * 3600 + (addressCount > 10 ? 300 : 0) + jobSeconds + latencyMs / 2000,
      limit: '10 in 5 minutes, 20 in an hour',
      // Ten hours of probes five times a second tell nothing that one every two seconds does not.
      probeInterval: 2000,
    }
  },
  digitalocean: (clock, addressCount) => {
    const emulator = createDigitalOceanEmulator({
      clock,
      latencyMs,
      readLagSeconds: 1,
      switches: { actionSeconds: jobSeconds },
    })
    const droplets = range(2.5 * addressCount).map((index) => emulator.addDroplet({ privateAddress: probeOf(index) }))
    const units = range(addressCount).map((index) => emulator.addAddress({ droplet: droplets[index]?.id ?? '' }).unit)
    return {
      provider: createDigitalOcean({ token: emulator.account.token }),
      emulator,
      nodes: droplets.map(({ name, providerID, privateAddress: probe }) => ({ name, providerID, probe })),
      lost: droplets.slice(0, addressCount).map(({ name }) => name),
      units,
      holder: (unit) => droplets.find(({ id }) => id === emulator.holding(unit)?.server)?.name,
      // One request and one look at its end for each, of which the account has 250 a minute.
      best: Math.ceil((2 * addressCount) / 250 - 1) * 60 + jobSeconds + latencyMs / 2000,
      limit: '250 requests a minute',
    }
  },
}

function effects({ emulator }: Scene): HttpEmulator['requests'] {
  return emulator.requests.filter(({ effect }) => effect !== null)
}

function memoryStore(): StateStore {
  const statuses: Record<string, FailoverIPStatus> = {}
  return {
    load: () => Promise.resolve({ ...statuses }),
    save: (key, status) => {
      statuses[key] = status
      return Promise.resolve()
    },
  }
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index)
}

function probeOf(index: number): string {
  return `10.0.${index >> 8}.${index & 255}`
}

function round(seconds: number): number {
  return Number(seconds.toFixed(2))
}
