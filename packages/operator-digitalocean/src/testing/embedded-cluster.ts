import {
  classObject,
  createOperatorCluster,
  failoverIPObject,
  pseudoRandom,
  secretObject,
} from '@failover-ip/local-cluster/operator-cluster'
import type { ClusterObject, OperatorCluster } from '@failover-ip/local-cluster/operator-cluster'
import { digitalocean } from '@failover-ip/provider-digitalocean'
import { createDigitalOceanEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { DigitalOceanEmulator, DigitalOceanEmulatorOptions, EmulatedDroplet } from '@failover-ip/provider-testkit'

/** The operator for DigitalOcean, its cloud and its cluster. */
export interface EmbeddedCluster extends OperatorCluster {
  readonly cloud: DigitalOceanEmulator
  /** Writes Secret and class, both of them well. */
  install(parameters?: Readonly<Record<string, unknown>>): Promise<void>
  applyFailoverIP(name: string, addresses: readonly string[], spec?: Readonly<Record<string, unknown>>): Promise<void>
  /** Name of the node whose Droplet has the unit, as the cloud knows it. */
  holder(unit: string): string | undefined
  untilReady(name?: string, withinSeconds?: number): Promise<void>
}

export interface EmbeddedClusterOptions extends Omit<Partial<DigitalOceanEmulatorOptions>, 'clock' | 'random'> {
  /** Default: three in `nyc3`. */
  readonly droplets?: readonly Partial<EmulatedDroplet>[]
}

export async function createEmbeddedCluster(options: EmbeddedClusterOptions = {}): Promise<EmbeddedCluster> {
  const { droplets = [{}, {}, {}], ...cloudOptions } = options
  const clock = createVirtualClock()
  const random = pseudoRandom()
  const cloud = createDigitalOceanEmulator({ clock, latencyMs: 150, readLagSeconds: 1, random, ...cloudOptions })
  const nodes = droplets.map((given, index) => {
    const { name, providerID, location, privateAddress } = cloud.addDroplet({ name: `node-${index + 1}`, ...given })
    return { name, providerID, zone: location, address: privateAddress }
  })
  const { fetch } = cloud
  const world = { provider: digitalocean, clock, random, fetch, nodes, stepMilliseconds: 500 }
  const cluster = await createOperatorCluster(world)
  return {
    ...cluster,
    cloud,
    install: async (parameters = {}) => {
      await cluster.apply('Secret', secretOf(cloud.account.token))
      await cluster.apply('FailoverIPClass', classOf({ parameters }))
    },
    applyFailoverIP: (name, addresses, spec) => cluster.apply('FailoverIP', failoverIPObject(name, addresses, spec)),
    holder: (unit) => {
      const droplet = cloud.holding(unit)?.server
      return cloud.snapshot().servers.find(({ id }) => id === droplet)?.name
    },
    untilReady: (name, withinSeconds = 60) =>
      cluster.until(async () => (await cluster.condition('Ready', name))?.status === 'True', withinSeconds),
  }
}

export function secretOf(token: string): ClusterObject {
  return secretObject('digitalocean', { DIGITALOCEAN_ACCESS_TOKEN: token })
}

export function classOf(spec: Readonly<Record<string, unknown>> = {}): ClusterObject {
  return classObject('digitalocean', { addresses: ['45.55.0.0/16', '2409:40d0::/32'], ...spec })
}
