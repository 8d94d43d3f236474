import {
  createDigitalOceanEmulator,
  createNetcupEmulator,
  createScalewayEmulator,
  serveEmulator,
} from '@failover-ip/provider-testkit'
import { systemClock } from '@failover-ip/runtime'
import { hostOnBridge, type ClusterNode } from './cluster-node.ts'

export type CloudName = 'digitalocean' | 'netcup' | 'scaleway'

/** An emulated cloud whose servers are the cluster's nodes, served to programs in them and to pods. */
export interface CloudOnBridge extends AsyncDisposable {
  readonly name: CloudName
  readonly url: string
  /** Of its account, as the operator's Secret has it. */
  readonly credentials: Readonly<Record<string, string>>
  /** Of the class: `apiUrl`, and what else this cloud needs. */
  readonly parameters: Readonly<Record<string, unknown>>
  /** Name of the node that it routes the unit to; undefined: to none. */
  holder(unit: string): string | undefined
  /** By node: which server it has to be, where the cluster's own `spec.providerID` is not of this cloud. */
  readonly providerIDs: ReadonlyMap<string, string>
  /** It delivers IPv4 packets to the holder's anchor address, which metadata tell. */
  readonly hasAnchors: boolean
  /** How many requests have changed something. */
  changes(): number
}

/** What differs from cloud to cloud. */
interface EmulatedCloud extends Pick<CloudOnBridge, 'credentials'> {
  readonly emulator: {
    readonly handle: Parameters<typeof serveEmulator>[0]
    mutations(): readonly unknown[]
  }
  /** Names of nodes, by server. */
  readonly servers: ReadonlyMap<string, string>
  serverOf(unit: string): string | null | undefined
  readonly parameters?: CloudOnBridge['parameters']
  readonly providerIDs?: CloudOnBridge['providerIDs']
  readonly hasAnchors?: true
}

type Emulate = (nodes: readonly ClusterNode[], units: readonly string[]) => EmulatedCloud

const latencyMs = 100
const readLagSeconds = 0.5

const emulateScaleway: Emulate = (nodes, units) => {
  const emulator = createScalewayEmulator({ clock: systemClock(), latencyMs, readLagSeconds })
  for (const { serverID: id, name, zone } of nodes) emulator.addServer({ id, name, zone })
  for (const unit of units) emulator.addIp({ unit })
  const { accessKey, secretKey, project } = emulator.account
  return {
    emulator,
    servers: new Map(nodes.map(({ serverID, name }) => [serverID, name])),
    serverOf: (unit) => emulator.attachment(unit)?.server,
    credentials: { SCW_ACCESS_KEY: accessKey, SCW_SECRET_KEY: secretKey, SCW_DEFAULT_PROJECT_ID: project },
    parameters: { zones: [...new Set(nodes.map(({ zone }) => zone))] },
  }
}

/** Its servers are found by their addresses. A change takes it two seconds. */
const emulateNetcup: Emulate = (nodes, units) => {
  const course = { seconds: 2, end: 'done', effect: 'atEnd' } as const
  const emulator = createNetcupEmulator({ clock: systemClock(), latencyMs, readLagSeconds, course })
  const servers = new Map(nodes.map(({ name, address }) => [emulator.addServer({ ipv4: address }).id, name]))
  for (const unit of units) emulator.addUnit({ unit })
  return {
    emulator,
    servers,
    serverOf: (unit) => emulator.holding(unit)?.server,
    credentials: { refreshToken: emulator.login.refreshToken },
  }
}

/** An action takes it a second. */
const emulateDigitalOcean: Emulate = (nodes, units) => {
  const switches = { actionSeconds: 1 }
  const emulator = createDigitalOceanEmulator({ clock: systemClock(), latencyMs, readLagSeconds, switches })
  const region = 'fra1'
  const droplets = nodes.map(({ name }) => emulator.addDroplet({ name, location: region }))
  for (const unit of units) emulator.addAddress({ unit, region })
  return {
    emulator,
    servers: new Map(droplets.map(({ id, name }) => [id, name])),
    serverOf: (unit) => emulator.holding(unit)?.server,
    credentials: { DIGITALOCEAN_ACCESS_TOKEN: emulator.account.token },
    providerIDs: new Map(droplets.map(({ name, providerID }) => [name, providerID])),
    hasAnchors: true,
  }
}

const clouds: Readonly<Record<CloudName, Emulate>> = {
  digitalocean: emulateDigitalOcean,
  netcup: emulateNetcup,
  scaleway: emulateScaleway,
}

/** Serves the cloud, which has these units, at no server. Needs the cluster's bridge. */
export async function startCloudOnBridge(
  name: CloudName,
  nodes: readonly ClusterNode[],
  units: readonly string[],
): Promise<CloudOnBridge> {
  const own = clouds[name](nodes, units)
  const served = await serveEmulator(own.emulator.handle, { host: hostOnBridge })
  return {
    name,
    url: served.url,
    credentials: own.credentials,
    parameters: { apiUrl: served.url, ...own.parameters },
    holder: (unit) => own.servers.get(own.serverOf(unit) ?? ''),
    providerIDs: own.providerIDs ?? new Map(),
    hasAnchors: own.hasAnchors ?? false,
    changes: () => own.emulator.mutations().length,
    [Symbol.asyncDispose]: async () => await served.close(),
  }
}
