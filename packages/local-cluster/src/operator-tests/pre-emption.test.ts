import { describe, expect, it } from 'vitest'
import { failoverIPObject } from '../operator-cluster/cluster-object.ts'
import { createEmbeddedCluster } from './embedded-cluster.ts'

const slotsPerServer = 5
const other = '51.15.129.36'

describe('the last free slot', () => {
  it('goes to the higher priority, and the one that had it says so and is served when there is another [A17]', async () => {
    await using cluster = await createEmbeddedCluster()
    const { cloud } = cluster
    cloud.addIp({ unit: `${other}/32` })
    const servers = cloud.snapshot().servers
    const strangers = servers.flatMap(({ id, name }, server) => {
      const count = name === 'node-1' ? slotsPerServer - 1 : slotsPerServer
      return Array.from({ length: count }, (_, index) => {
        const { unit } = cloud.addIp({ unit: `51.15.200.${server * slotsPerServer + index + 1}/32` })
        cloud.moveByHand(unit, id)
        return { unit, name }
      })
    })
    await cluster.install()
    cluster.start()
    await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True')
    expect(cluster.holder()).toBe('node-1')

    await cluster.apply('FailoverIP', failoverIPObject('urgent', [other], { priority: 10 }))
    await cluster.until(async () => (await cluster.condition('Ready', 'urgent'))?.status === 'True')
    expect(cluster.holder(`${other}/32`)).toBe('node-1')
    expect(cluster.holder()).toBeUndefined()
    expect(await cluster.condition('Ready')).toMatchObject({
      status: 'False',
      reason: 'Preempted',
      message: expect.stringContaining('ingress/urgent'),
    })
    const effects = cloud.mutations().flatMap(({ effect }) => effect ?? [])
    expect(effects.slice(-2).map((effect) => effect.split(' ')[0])).toEqual(['detached', 'attached'])
    await cluster.clock.advance(60_000)
    expect(cloud.mutations().flatMap(({ effect }) => effect ?? [])).toEqual(effects)

    const freed = strangers.find(({ name }) => name === 'node-2')
    cloud.moveByHand(freed?.unit ?? '', null)
    await cluster.until(async () => (await cluster.condition('Ready'))?.status === 'True', 400)
    expect([cluster.holder(), cluster.holder(`${other}/32`)]).toEqual(['node-2', 'node-1'])
  })
})
