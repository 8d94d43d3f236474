import { eventResource, leaseResource } from '@failover-ip/kubernetes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { operatorNamespace } from '../operator-cluster/cluster-object.ts'
import { address, createEmbeddedCluster } from './embedded-cluster.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const signal = new AbortController().signal
let cluster: EmbeddedCluster
beforeEach(async () => {
  cluster = await createEmbeddedCluster()
  await cluster.install()
})
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

const isReady = async (): Promise<boolean> => (await cluster.condition('Ready'))?.status === 'True'
const isLeading = (body: string): boolean =>
  body.includes('leader_election_master_status{name="failover-ip-scaleway"} 1')

describe('the operator', () => {
  it('attaches an address, and says so in status, conditions and metrics', async () => {
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    const { node = '' } = await cluster.status()
    expect(cluster.holder()).toBe(node)
    expect(await cluster.classCondition('Accepted')).toMatchObject({ status: 'True', reason: 'Accepted' })
    expect(await cluster.classCondition('CredentialsValid')).toMatchObject({ status: 'True', reason: 'Valid' })
    const { body } = replica.get('/metrics')
    const labels = `namespace="ingress",name="web"`
    expect(body).toContain(`failover_ip_info{${labels},address="${address}",node="${node}"} 1`)
    expect(body).toContain(`failover_ip_ready{${labels}} 1`)
    expect(body).toContain('failover_ip_moves_total{reason="Unassigned"} 1')
    expect(body).toContain('failover_ip_move_duration_seconds_count{phase="total"} 1')
    expect(body).toContain('failover_ip_provider_requests_total{operation="assign",outcome="ok"} 1')
    expect(isLeading(body)).toBe(true)
  })

  it('moves it in a second from a node that lost power [A30]', async () => {
    cluster.start()
    await cluster.until(isReady, 20)
    await cluster.clock.advance(30_000)
    const { node: before = '' } = await cluster.status()
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 1)
    await cluster.until(isReady, 5)
    expect(cluster.holder()).toBe((await cluster.status()).node)
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it.each([100, 300, 500, 700, 900])(
    'moves it past a standby that lost power with its node, %s ms into a round [A66]',
    async (into) => {
      cluster.start()
      await cluster.until(isReady, 20)
      await cluster.clock.advance(30_000 + into)
      const { node: before = '', standbys: [next = ''] = [] } = await cluster.status()
      for (const name of [before, next]) cluster.nodes.powerOff(name)
      await cluster.until(() => cluster.holder() !== before, 2)
      expect([before, next]).not.toContain(cluster.holder())
      expect(cluster.cloud.mutations()).toHaveLength(2)
    },
  )

  it('lets the next leader act in under a second when the first one is stopped [A42]', async () => {
    const first = cluster.start()
    await cluster.until(isReady, 20)
    const second = cluster.start()
    await cluster.clock.advance(15_000)
    expect(second.get('/readyz').status).toBe(200)
    expect(isLeading(second.get('/metrics').body)).toBe(false)
    expect(second.get('/metrics').body).not.toContain('failover_ip_info{')
    await first.stop()
    await cluster.until(() => isLeading(second.get('/metrics').body), 1)
    const { node: before = '' } = await cluster.status()
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 5)
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it('finishes a move that is under way when it is stopped, and its Event is written [A42]', async () => {
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    await cluster.clock.advance(30_000)
    const { node: before = '' } = await cluster.status()
    const slow = ({ path }: { readonly path: string }): boolean => path.includes('/events')
    replica.transport.inject({ action: { type: 'delay', milliseconds: 200 }, matches: slow })
    cluster.nodes.powerOff(before)
    await cluster.until(() => cluster.holder() !== before, 5)
    expect((await cluster.status()).addresses?.[0]?.operation).toBeDefined()
    await replica.stop()
    const { node, addresses, moves } = await cluster.status()
    expect([cluster.holder(), addresses?.[0]?.operation, moves]).toEqual([node, undefined, 1])
    const notes = (await cluster.client.list(eventResource, { signal })).items.map((event) => event['note'])
    expect(notes).toContainEqual(expect.stringContaining(`${before} -> ${node} in`))
  })

  it('writes nothing but its Lease while all is well', async () => {
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    await cluster.clock.advance(60_000)
    const others: string[] = []
    replica.transport.inject({
      action: { type: 'delay', milliseconds: 0 },
      matches: ({ method, path }) => {
        if (method !== 'GET' && !path.includes('/leases/')) others.push(`${method} ${path}`)
        return false
      },
    })
    await cluster.clock.advance(300_000)
    expect(others).toEqual([])
  })

  it('changes nothing at the provider in a dry run, and shows what it would do [A72]', async () => {
    cluster.start({ dryRun: true })
    await cluster.until(async () => (await cluster.condition('Ready'))?.reason === 'DryRun', 20)
    await cluster.clock.advance(60_000)
    expect((await cluster.status()).plannedNode).toMatch(/^node-/)
    expect(cluster.cloud.mutations()).toEqual([])
  })

  it('releases its Lease when it stops', async () => {
    const replica = cluster.start()
    await cluster.until(isReady, 20)
    await replica.stop()
    const lease = await cluster.client.get(
      leaseResource,
      { namespace: operatorNamespace, name: 'failover-ip-scaleway' },
      { signal },
    )
    expect(lease['spec']).toMatchObject({ holderIdentity: '' })
  })
})
