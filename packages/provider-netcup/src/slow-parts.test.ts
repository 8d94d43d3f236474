import { decorateRouting } from '@failover-ip/core'
import type { Routing } from '@failover-ip/provider'
import { createNetcupEmulator, createVirtualClock } from '@failover-ip/provider-testkit'
import type { NetcupEmulator, VirtualClock } from '@failover-ip/provider-testkit'
import { describe, expect, it } from 'vitest'
import { createNetcup } from './create-netcup.ts'

// What takes real time is over before virtual time begins.
await import('soap')

const { signal } = new AbortController()
const v6 = '2001:db8:a:20::/64'

interface Opened {
  readonly clock: VirtualClock
  readonly cloud: NetcupEmulator
  readonly routing: Routing
}

/** The routing as the engine calls it. */
function open(transport: 'rest' | 'soap', loginSeconds = 0): Opened {
  const clock = createVirtualClock()
  const cloud = createNetcupEmulator({ clock, latencyMs: 150 })
  const { loginName, password } = cloud.account
  const account =
    transport === 'rest'
      ? createNetcup({ refreshToken: cloud.login.refreshToken })
      : createNetcup({ transport, loginName, password })
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    if (request.url.endsWith('/token')) await clock.sleep(loginSeconds * 1000)
    return cloud.fetch(request)
  }
  const routing = account.open({ fetch, clock, userAgent: 'failover-ip/test' })
  const decoration = { clock, account: 'netcup', readDeadline: 10_000, changeDeadline: 5000 }
  return { clock, cloud, routing: decorateRouting(routing, decoration) }
}

describe('what hangs', () => {
  it('is one family by REST: the other is seen', async () => {
    const { clock, cloud, routing } = open('rest')
    const { id } = cloud.addServer()
    const { unit } = cloud.addUnit({ server: id })
    cloud.addUnit({ unit: v6, server: id })
    cloud.faults.add({ path: 'failoverips/v6', times: Infinity, fault: { kind: 'hang' } })
    expect(await clock.advanceUntil(routing.observe([v6, unit], { signal }))).toMatchObject([
      { kind: 'unknown' },
      { kind: 'found', server: { id } },
    ])
  })

  it('is one server by REST: nodes that are named are matched, the others left open, and its state alone is unknown', async () => {
    const { clock, cloud, routing } = open('rest')
    const [dumb, other] = [cloud.addServer(), cloud.addServer()]
    cloud.faults.add({ path: `/servers/${dumb.id}`, times: Infinity, fault: { kind: 'hang' } })
    const states = routing.serverStates?.(
      [dumb, other].map(({ id }) => ({ id, location: '1' })),
      { signal },
    )
    expect(await clock.advanceUntil(states ?? Promise.resolve([]))).toEqual(['unknown', 'running'])
    const facts = { addresses: [other.ipv4], labels: {}, annotations: {} }
    const named = { ...facts, name: 'named', annotations: { 'netcup.noshoes.xyz/server-name': other.name } }
    const matches = await clock.advanceUntil(routing.resolve([named, { ...facts, name: 'a' }], { signal }))
    expect(matches).toMatchObject([{ kind: 'matched', server: { id: other.id } }, { kind: 'unknown' }])
  })

  it('is one server by SOAP: what another has is seen', async () => {
    const { clock, cloud, routing } = open('soap')
    const [dumb, other] = [cloud.addServer(), cloud.addServer()]
    const hidden = cloud.addUnit({ server: dumb.id })
    const seen = cloud.addUnit({ server: other.id })
    cloud.faults.add({ path: 'getVServerIPs', fault: { kind: 'hang' } })
    expect(await clock.advanceUntil(routing.observe([hidden.unit, seen.unit], { signal }))).toMatchObject([
      { kind: 'unknown' },
      { kind: 'found', server: { id: other.name } },
    ])
  })
})

describe('a login that takes longer than a change may', () => {
  it('leaves no doubt, since nothing was sent, and serves the next try', async () => {
    const { clock, cloud, routing } = open('rest', 6)
    const { id } = cloud.addServer()
    const { unit } = cloud.addUnit()
    const assign = () => clock.advanceUntil(routing.assign(unit, { id, location: '1' }, { signal }))
    await expect(assign()).rejects.toMatchObject({ code: 'Transient', outcome: 'not-applied' })
    await clock.advance(3000)
    expect(await assign()).toMatchObject({ status: 'done' })
    expect(cloud.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
  })
})
