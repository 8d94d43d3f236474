import type { NodeFacts, Routing } from '@failover-ip/provider'
import { createNetcupEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { NetcupEmulator, NetcupEmulatorOptions, VirtualClock } from '@failover-ip/provider-testkit'
import { expect, it } from 'vitest'
import { createNetcup } from './create-netcup.ts'

const { signal } = new AbortController()

interface Opened {
  readonly clock: VirtualClock
  readonly cloud: NetcupEmulator
  readonly routing: Routing
}

function open(options: Partial<NetcupEmulatorOptions>): Opened {
  const clock = createVirtualClock()
  const cloud = createNetcupEmulator({ clock, latencyMs: 150, ...options })
  const account = createNetcup({ refreshToken: cloud.login.refreshToken })
  return { clock, cloud, routing: account.open({ fetch: cloud.fetch, clock, userAgent: 'failover-ip/test' }) }
}

function nodeOf(name: string, more: Partial<NodeFacts>): NodeFacts {
  return { name, addresses: [], labels: {}, annotations: {}, ...more }
}

it.each([1, 50, 60])('reads the list of servers to its end when netcup gives %i on a page', async (mostPerPage) => {
  const { clock, cloud, routing } = open({ switches: { mostPerPage } })
  const servers = Array.from({ length: Math.min(mostPerPage * 2, 60) }, () => cloud.addServer())
  const nodes = servers.map(({ id, ipv4 }) => nodeOf(id, { addresses: [ipv4] }))
  const matches = await clock.advanceUntil(routing.resolve(nodes, { signal }))
  expect(matches).toMatchObject(servers.map(({ id }) => ({ kind: 'matched', server: { id } })))
})

it('matches nodes of a large account in the time that a read has', async () => {
  const { clock, cloud, routing } = open({ latencyMs: 600 })
  const servers = Array.from({ length: 200 }, () => cloud.addServer())
  const { id = '', ipv4 = '' } = servers.at(-1) ?? {}
  const matches = await clock.advanceUntil(routing.resolve([nodeOf('n', { addresses: [ipv4] })], { signal }))
  expect(matches).toMatchObject([{ kind: 'matched', server: { id } }])
  expect(clock.monotonic()).toBeLessThan(10_000)
})

it('reads no other server when each node names its own', async () => {
  const { clock, cloud, routing } = open({})
  const servers = Array.from({ length: 30 }, () => cloud.addServer())
  const [first, second] = servers.map(({ id, name }) => ({ id, name }))
  const nodes = [
    nodeOf('a', { providerID: `netcup://${first?.id}` }),
    nodeOf('b', { annotations: { 'netcup.noshoes.xyz/server-name': second?.name ?? '' } }),
  ]
  const matches = await clock.advanceUntil(routing.resolve(nodes, { signal }))
  expect(matches).toMatchObject([{ server: { id: first?.id } }, { server: { id: second?.id } }])
  expect(cloud.requests.filter(({ path }) => /\/servers\/\d/.test(path))).toHaveLength(2)
})
