import {
  classObject,
  createOperatorCluster,
  failoverIPObject,
  secretObject,
} from '@failover-ip/local-cluster/operator-cluster'
import type { OperatorCluster, OperatorClusterOptions } from '@failover-ip/local-cluster/operator-cluster'
import type { Provider } from '@failover-ip/provider'
import { digitalocean } from '@failover-ip/provider-digitalocean'
import { netcup } from '@failover-ip/provider-netcup'
import { scaleway } from '@failover-ip/provider-scaleway'
import {
  createDigitalOceanEmulator,
  createNetcupEmulator,
  createScalewayEmulator,
  createVirtualClock,
} from '@failover-ip/provider-testkit'
import type { Fault, HttpEmulator, VirtualClock } from '@failover-ip/provider-testkit'
import { quantile } from './quantile.ts'

const latencyMs = 150
const jobSeconds = 2
const nodeCount = 4
const otherUrl = 'https://other.cloud.test'

/** An account with servers that are numbered alike in every account, and addresses on the first of them. */
interface Account {
  readonly emulator: Pick<HttpEmulator, 'fetch' | 'faults'>
  readonly nodes: OperatorClusterOptions<object, object>['nodes']
  readonly credentials: Readonly<Record<string, string>>
}

interface Cloud {
  readonly provider: Provider
  /** How many addresses its first server can carry. */
  readonly most: number
  readonly address: (index: number) => string
  open(clock: VirtualClock, random: () => number, addresses: readonly string[]): Account
}

/** Every way in which the other account's cloud may fail, at each of its requests. */
const faults: Readonly<Record<string, Fault>> = {
  refused: { kind: 'refuse' },
  'reset before the effect': { kind: 'dropBefore' },
  'reset after the effect': { kind: 'dropAfter' },
  'late effect': { kind: 'lateEffect', seconds: 20 },
  hanging: { kind: 'hang' },
  trickling: { kind: 'trickle', secondsPerByte: 60 },
  'server error': { kind: 'status', status: 500, body: { message: 'Internal error.' } },
  maintenance: { kind: 'status', status: 503, text: '<title>Maintenance</title>', headers: { 'retry-after': '120' } },
  'too many requests': { kind: 'status', status: 429, body: { message: 'Later.' }, headers: { 'retry-after': '7' } },
  unauthorized: { kind: 'status', status: 401, body: { message: 'Who are you?' } },
  'no answer that makes sense': { kind: 'malformed', text: '{"' },
  'lists without their end': { kind: 'truncate' },
}

/**
 * Two accounts at one operator, in virtual time: an address of one and as many as fit of the other are on a node that dies.
 * How much later the first is confirmed elsewhere when the other account fails, in each way, than when it does not.
 */
export async function letAnotherAccountFail(runs: number): Promise<readonly object[]> {
  const rows: object[] = []
  for (const [name, cloud] of Object.entries(clouds)) {
    const sound: number[] = []
    for (let run = 0; run < runs; run++) sound.push(await moveSeconds(cloud, run))
    const added: { readonly fault: string; readonly seconds: number }[] = []
    for (const [fault, kind] of Object.entries(faults)) {
      const seconds: number[] = []
      for (let run = 0; run < runs; run++) seconds.push((await moveSeconds(cloud, run, kind)) - (sound[run] ?? 0))
      added.push({ fault, seconds: quantile(seconds, 0.5) ?? 0 })
    }
    const worst = added.reduce((most, one) => (one.seconds > most.seconds ? one : most))
    rows.push({
      cloud: name,
      runs,
      ways: added.length,
      otherAddresses: cloud.most,
      soundP50Seconds: round(quantile(sound, 0.5) ?? 0),
      mostAddedSeconds: round(worst.seconds),
      by: worst.fault,
    })
  }
  return rows
}

/** From the death of the node to the confirmation elsewhere. */
async function moveSeconds(cloud: Cloud, run: number, fault?: Fault): Promise<number> {
  const { provider, most, address } = cloud
  const clock = createVirtualClock()
  const random = randomFrom(run + 1)
  const ours = cloud.open(clock, random, [address(0)])
  const others = Array.from({ length: most }, (_, index) => address(index + 1))
  const other = cloud.open(clock, random, others)
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init)
    return (request.url.startsWith(otherUrl) ? other : ours).emulator.fetch(request)
  }
  await using cluster = await createOperatorCluster({ provider, clock, random, fetch, nodes: ours.nodes })
  const name = provider.name
  await cluster.apply('Secret', secretObject(name, ours.credentials))
  await cluster.apply('FailoverIPClass', classObject(name, { addresses: [address(0)] }))
  await cluster.apply('FailoverIP', failoverIPObject('web', [address(0)]))
  await cluster.apply('Secret', secretObject('other', other.credentials))
  const spec = { addresses: others, parameters: { apiUrl: otherUrl }, credentialsSecretRef: { name: 'other' } }
  await cluster.apply('FailoverIPClass', classObject(name, spec, 'other'))
  for (const [index, each] of others.entries()) {
    await cluster.apply('FailoverIP', failoverIPObject(`other-${index}`, [each], { className: 'other' }))
  }
  cluster.start()
  const names = ['web', ...others.map((_, index) => `other-${index}`)]
  await cluster.until(async () => (await Promise.all(names.map((each) => isReady(cluster, each)))).every(Boolean))
  await clock.advance(30_000 + run * 370)
  if (fault !== undefined) other.emulator.faults.add({ times: Number.POSITIVE_INFINITY, fault })
  await clock.advance(40_000)
  const diedAt = clock.now()
  cluster.nodes.powerOff('node-1')
  await cluster.until(async () => (await cluster.status()).node !== 'node-1', 600)
  const { lastMove } = await cluster.status()
  return (Date.parse(lastMove?.confirmedAt ?? '') - diedAt) / 1000
}

async function isReady(cluster: OperatorCluster, name: string): Promise<boolean> {
  return (await cluster.condition('Ready', name))?.status === 'True'
}

const names = Array.from({ length: nodeCount }, (_, index) => `node-${index + 1}`)

const clouds: Readonly<Record<string, Cloud>> = {
  scaleway: {
    provider: scaleway,
    most: 5,
    address: (index) => `51.15.129.${index + 1}`,
    open: (clock, random, addresses) => {
      const emulator = createScalewayEmulator({ clock, latencyMs, readLagSeconds: 1, random })
      const servers = names.map((name) => emulator.addServer({ name }))
      for (const address of addresses) emulator.addIp({ unit: `${address}/32`, server: servers[0]?.id ?? '' })
      const { accessKey: SCW_ACCESS_KEY, secretKey: SCW_SECRET_KEY } = emulator.account
      return {
        emulator,
        nodes: servers.map(({ name, providerID, zone }, index) => ({
          name,
          providerID,
          zone,
          address: probeOf(index),
        })),
        credentials: { SCW_ACCESS_KEY, SCW_SECRET_KEY },
      }
    },
  },
  netcup: {
    provider: netcup,
    most: 8,
    address: (index) => `198.18.88.${index + 1}`,
    open: (clock, random, addresses) => {
      const course = { seconds: jobSeconds, end: 'done', effect: 'atEnd' } as const
      const emulator = createNetcupEmulator({ clock, latencyMs, readLagSeconds: 1, course, random })
      const servers = names.map((hostname, index) => emulator.addServer({ hostname, ipv4: probeOf(index) }))
      for (const address of addresses) emulator.addUnit({ unit: `${address}/32`, server: servers[0]?.id ?? '' })
      return {
        emulator,
        nodes: servers.map(({ hostname, ipv4 }) => ({
          name: hostname,
          providerID: `k3s://${hostname}`,
          zone: '',
          address: ipv4,
        })),
        credentials: { refreshToken: emulator.login.refreshToken },
      }
    },
  },
  digitalocean: {
    provider: digitalocean,
    most: 1,
    address: (index) => `45.55.96.${index + 1}`,
    open: (clock, random, addresses) => {
      const switches = { actionSeconds: jobSeconds }
      const emulator = createDigitalOceanEmulator({ clock, latencyMs, readLagSeconds: 1, random, switches })
      const droplets = names.map((name, index) => emulator.addDroplet({ name, privateAddress: probeOf(index) }))
      for (const address of addresses) emulator.addAddress({ unit: `${address}/32`, droplet: droplets[0]?.id ?? '' })
      return {
        emulator,
        nodes: droplets.map(({ name, providerID, location, privateAddress }) => ({
          name,
          providerID,
          zone: location,
          address: privateAddress,
        })),
        credentials: { DIGITALOCEAN_ACCESS_TOKEN: emulator.account.token },
      }
    },
  },
}

function probeOf(index: number): string {
  return `10.0.0.${index + 1}`
}

/** Uniform enough, and the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

function round(seconds: number): number {
  return Number(seconds.toFixed(3))
}
