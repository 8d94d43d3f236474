import { eventResource, secretResource } from '@failover-ip/kubernetes'
import {
  classObject,
  createOperatorCluster,
  failoverIPObject,
  operatorNamespace,
  pseudoRandom,
  secretObject,
} from '@failover-ip/local-cluster/operator-cluster'
import type { ClusterObject, OperatorCluster } from '@failover-ip/local-cluster/operator-cluster'
import { createNetcup, netcup } from '@failover-ip/provider-netcup'
import { createNetcupEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { NetcupEmulator, NetcupEmulatorOptions, VirtualClock } from '@failover-ip/provider-testkit'

export const v4 = '198.18.88.63'
export const v6 = '2001:db8:a:20::1'
export const units: readonly [v4: string, v6: string] = ['198.18.88.63/32', '2001:db8:a:20::/64']
/** Another account at another panel, for tests of several. */
export const otherPanel = 'https://other.panel.test'
const live = new AbortController().signal

export type Transport = 'rest' | 'soap'

/** The operator for netcup, its cluster, and two accounts at netcup. */
export interface NetcupCluster extends OperatorCluster {
  readonly cloud: NetcupEmulator
  readonly other: NetcupEmulator
  secret(name?: string): Promise<Readonly<Record<string, string>>>
  /** Reasons of all Events, in the order of the API. */
  eventReasons(): Promise<readonly string[]>
  /** Name of the node whose server has the unit, as the cloud knows it. */
  holder(unit?: string): string | undefined
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
  const course = { seconds: 8, end: 'done', effect: 'atEnd' } as const
  const emulate = (): NetcupEmulator =>
    createNetcupEmulator({ clock, latencyMs: 150, readLagSeconds: 1, course, random, ...options.emulator })
  const cloud = emulate()
  const other = emulate()
  const nodes = sites.map((location, index) => {
    const name = `node-${index + 1}`
    const { ipv4 } = cloud.addServer({ location, nickname: name })
    // The same machines of the other account stand beside them, under the same addresses.
    other.addServer({ location, nickname: name })
    return { name, providerID: `k3s://${name}`, zone: '', address: ipv4 }
  })
  const holder = cloud.snapshot().servers.find(({ nickname }) => nickname === options.holder)
  for (const unit of units) cloud.addUnit({ unit, ...(holder === undefined ? {} : { server: holder.id }) })
  const fetch: typeof globalThis.fetch = (input, init) => {
    const request = new Request(input, init)
    return (request.url.startsWith(otherPanel) ? other : cloud).fetch(request)
  }
  const cluster = await createOperatorCluster({ provider: netcup, clock, random, fetch, nodes })
  if (install) {
    await cluster.apply('Secret', secretOf(cloud, transport))
    await cluster.apply('FailoverIPClass', classOf('netcup', transport))
    await cluster.apply('FailoverIP', failoverIPObject('web', [v4, v6]))
  }
  const { client } = cluster
  return {
    ...cluster,
    cloud,
    other,
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
  }
}

export function secretOf(cloud: NetcupEmulator, transport: Transport, name = 'netcup'): ClusterObject {
  const { loginName, password } = cloud.account
  return secretObject(name, transport === 'soap' ? { loginName, password } : { refreshToken: cloud.login.refreshToken })
}

export function classOf(
  name: string,
  transport: Transport,
  spec: Readonly<Record<string, unknown>> = {},
): ClusterObject {
  const parameters = transport === 'soap' ? { transport } : {}
  return classObject('netcup', { parameters, addresses: ['198.18.88.0/24', '2001:db8:a::/48'], ...spec }, name)
}

/** Loading a module takes real time, which is to be over before virtual time begins. */
async function loadSoap(clock: VirtualClock): Promise<void> {
  const fetch = (): Promise<never> => Promise.reject(new Error('There is no network.'))
  const account = createNetcup({ transport: 'soap', loginName: 'nobody', password: 'nothing' })
  const node = { name: 'none', addresses: [], labels: {}, annotations: {} }
  await account.open({ fetch, clock, userAgent: 'test' }).resolve([node], { signal: live })
}
