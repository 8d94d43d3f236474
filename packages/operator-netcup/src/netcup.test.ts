import { failoverIPResource, nodeResource } from '@failover-ip/kubernetes'
import { afterEach, describe, expect, it } from 'vitest'
import { failoverIPObject, namespace } from '@failover-ip/local-cluster/operator-cluster'
import { classOf, createNetcupCluster, units, v4, v6 } from './testing/netcup-cluster.ts'
import type { NetcupCluster, NetcupClusterOptions, Transport } from './testing/netcup-cluster.ts'

const { signal } = new AbortController()
const transports: readonly Transport[] = ['rest', 'soap']
let cluster: NetcupCluster
const open = async (options?: NetcupClusterOptions): Promise<void> => {
  cluster = await createNetcupCluster(options)
}
/** Both units are with node-1 already: they are adopted, and no cool-down or window has begun. */
const openServing = async (options: NetcupClusterOptions = {}): Promise<void> => {
  await open({ ...options, holder: 'node-1' })
  cluster.start()
  await cluster.until(async () => (await isReady()) && (await cluster.status()).node === 'node-1')
  await cluster.clock.advance(3000)
}
const isMoved = (): boolean => units.every((unit) => cluster.holder(unit) !== 'node-1')
afterEach(async () => {
  await cluster[Symbol.asyncDispose]()
  // The cloud finishes what was sent to it.
  await cluster.clock.advance(1000)
  expect(cluster.clock.sleepers).toBe(0)
})
const isReady = async (): Promise<boolean> => (await cluster.condition('Ready'))?.status === 'True'
const hasReason = (reason: string) => async () => (await cluster.condition('Ready'))?.reason === reason
const refusals = (): number =>
  cluster.cloud.requests.filter(({ status, effect }) => effect === null && (status ?? 0) >= 400).length

describe.each(transports)('netcup by %s', (transport) => {
  it('finds servers by their addresses and routes both units to one [A3]', async () => {
    await open({ transport })
    cluster.start()
    await cluster.until(isReady)
    const node = cluster.holder() ?? ''
    expect([node, cluster.holder(units[1])]).toEqual([expect.stringMatching(/^node-/), node])
    expect(await cluster.status()).toMatchObject({ node, addresses: [{ address: v4 }, { address: v6 }] })
    expect(cluster.cloud.mutations()).toHaveLength(2)
    expect((await cluster.classStatus()).conditions).toMatchObject([
      { type: 'Accepted', status: 'True' },
      { type: 'CredentialsValid', status: 'True' },
    ])
  })

  it('moves both units from a dead node to the same other one, by one change each [A3]', async () => {
    await openServing({ transport })
    cluster.nodes.powerOff('node-1')
    await cluster.until(isMoved, 20)
    await cluster.until(isReady)
    expect(cluster.holder(units[1])).toBe(cluster.holder(units[0]))
    expect([cluster.cloud.mutations().length, refusals()]).toEqual([2, 0])
  })

  it('takes the server that the annotations of the ancestor name, whatever the node is called [A3]', async () => {
    await open({ transport })
    const [, second] = cluster.cloud.snapshot().servers
    // No other node is to be had, and the address of this one says otherwise.
    for (const name of ['node-2', 'node-3']) await cluster.nodes.cordon(name)
    const annotations = {
      'netcup.noshoes.xyz/server-name': second?.name,
      'netcup.noshoes.xyz/primary-mac': second?.mac.toUpperCase(),
    }
    const body = { metadata: { annotations } }
    await cluster.client.patch(nodeResource, { name: 'node-1' }, { type: 'merge', body }, { signal })
    await cluster.clock.advance(100)
    cluster.start()
    await cluster.until(isReady)
    expect((await cluster.status()).node).toBe('node-1')
    expect(units.map((unit) => cluster.cloud.holding(unit)?.server)).toEqual([second?.id, second?.id])
  })

  it('makes no second move of a stale read that shows the holder before [A68]', async () => {
    await openServing({ transport, emulator: { readLagSeconds: 15 } })
    cluster.nodes.powerOff('node-1')
    await cluster.until(isMoved, 20)
    await cluster.until(isReady)
    await cluster.clock.advance(20_000)
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it('goes to the least bad node when no good one is left, and stays there [A3]', async () => {
    await openServing({ transport })
    for (const name of ['node-2', 'node-3']) await cluster.nodes.cordon(name)
    cluster.nodes.powerOff('node-3')
    await cluster.clock.advance(5000)
    expect(cluster.cloud.mutations()).toEqual([])
    cluster.nodes.powerOff('node-1')
    await cluster.until(() => units.every((unit) => cluster.holder(unit) === 'node-2'), 20)
    await cluster.clock.advance(10_000)
    expect([(await cluster.status()).node, cluster.cloud.mutations().length]).toEqual(['node-2', 2])
  })

  it('stays where it is when no node is left [A3]', async () => {
    await openServing({ transport })
    for (const { name } of cluster.nodes.specs) cluster.nodes.powerOff(name)
    await cluster.clock.advance(20_000)
    expect([isMoved(), cluster.cloud.mutations().length]).toEqual([false, 0])
  })

  it('adopts what a human did in the panel', async () => {
    await openServing({ transport })
    const [, second] = cluster.cloud.snapshot().servers
    for (const unit of units) cluster.cloud.moveByHand(unit, second?.id ?? null)
    await cluster.until(async () => (await cluster.status()).node === 'node-2', 70)
    expect(cluster.cloud.mutations()).toEqual([])
  })
})

describe('a site', () => {
  it('is left by no address, whatever dies there [A3]', async () => {
    await openServing({ sites: ['1', '2', '1'] })
    cluster.nodes.powerOff('node-1')
    await cluster.until(() => units.every((unit) => cluster.holder(unit) === 'node-3'), 20)
    await cluster.until(isReady)
    cluster.nodes.powerOff('node-3')
    await cluster.clock.advance(30_000)
    expect(units.map((unit) => cluster.holder(unit))).toEqual(['node-3', 'node-3'])
    expect([cluster.cloud.mutations().length, refusals()]).toEqual([2, 0])
  })
})

describe('deletion with the policy to release', () => {
  const remove = async (): Promise<void> => {
    await cluster.client.delete(failoverIPResource, { namespace, name: 'web' }, { signal })
    await cluster.until(async () => (await cluster.status()).addresses === undefined, 400)
  }

  it('ends by REST with the Event ReleaseUnsupported, and the addresses stay [A60]', async () => {
    await open()
    await cluster.apply('FailoverIPClass', classOf('netcup', 'rest', { deletionPolicy: 'Release' }))
    cluster.start()
    await cluster.until(isReady)
    const holder = cluster.holder()
    await remove()
    await cluster.clock.advance(5000)
    expect(cluster.holder()).toBe(holder)
    expect(await cluster.eventReasons()).toContain('ReleaseUnsupported')
  })

  it('takes the addresses from their server by SOAP [A60]', async () => {
    await openServing({ transport: 'soap' })
    await cluster.apply('FailoverIPClass', classOf('netcup', 'soap', { deletionPolicy: 'Release' }))
    await cluster.until(async () => (await cluster.condition('Ready'))?.observedGeneration !== undefined)
    await remove()
    expect(units.map((unit) => cluster.cloud.holding(unit)?.server)).toEqual([null, null])
    expect([cluster.cloud.mutations().length, refusals()]).toEqual([2, 0])
  })
})

describe('tasks', () => {
  it.each(['ERROR', 'CANCELED', 'ROLLBACK'] as const)(
    'that end as %s are followed by another try',
    async (failedTask) => {
      await open({ emulator: { switches: { failedTask }, course: { seconds: 2, end: 'failed', effect: 'atEnd' } } })
      cluster.start()
      await cluster.until(async () => (await cluster.eventReasons()).includes('ChangeFailed'))
      cluster.cloud.setCourse({ end: 'done' })
      await cluster.until(isReady, 400)
      expect(cluster.holder(units[1])).toBe(cluster.holder(units[0]))
    },
  )

  it('without an effect are seen through, and not called done', async () => {
    await open({ emulator: { course: { seconds: 1, end: 'done', effect: 'never' } } })
    cluster.start()
    await cluster.until(async () => (await cluster.eventReasons()).includes('ChangeFailed'), 120)
    expect(await isReady()).toBe(false)
    cluster.cloud.setCourse({ effect: 'atEnd' })
    await cluster.until(isReady, 400)
  })

  it('whose server is locked go elsewhere or wait, and end well', async () => {
    await open()
    for (const { id } of cluster.cloud.snapshot().servers) cluster.cloud.setLocked(id, true)
    cluster.start()
    await cluster.until(async () => (await cluster.eventReasons()).includes('Busy'))
    for (const { id } of cluster.cloud.snapshot().servers) cluster.cloud.setLocked(id, false)
    await cluster.until(isReady, 400)
  })
})

describe('the panel', () => {
  it('that is closed for maintenance is waited for', async () => {
    await open()
    const page = {
      status: 503,
      text: '<html><body>Maintenance</body></html>',
      headers: { 'content-type': 'text/html' },
    }
    cluster.cloud.faults.add({ path: 'scp-core', times: Infinity, fault: { kind: 'status', ...page } })
    cluster.start()
    await cluster.until(hasReason('ProviderUnavailable'))
    cluster.cloud.faults.clear()
    await cluster.until(isReady, 120)
    expect(cluster.cloud.mutations()).toHaveLength(2)
  })

  it('that does not allow this address says so in the class, with what to do', async () => {
    await open()
    cluster.cloud.setAllowed(false)
    cluster.start()
    await cluster.until(async () => {
      const { conditions = [] } = await cluster.classStatus()
      return conditions.some(({ reason }) => reason === 'CredentialsRefused')
    })
    const advice = 'add this address to its list of allowed ones'
    await cluster.until(async () => (await cluster.condition('Ready'))?.message.includes(advice) === true)
    cluster.cloud.setAllowed(true)
    await cluster.until(isReady, 120)
  })

  it('that loses the answers to changes gets each of them once', async () => {
    await open()
    cluster.cloud.faults.add({ method: 'PATCH', times: 2, fault: { kind: 'dropAfter' } })
    cluster.start()
    await cluster.until(isReady, 120)
    expect(cluster.cloud.mutations()).toHaveLength(2)
    expect(cluster.holder(units[1])).toBe(cluster.holder(units[0]))
  })

  it('without an address that is asked for says so', async () => {
    await open()
    await cluster.apply('FailoverIP', failoverIPObject('other', ['198.18.88.99']))
    cluster.start()
    await cluster.until(async () => (await cluster.condition('Ready', 'other'))?.reason === 'UnitNotFound')
  })
})
