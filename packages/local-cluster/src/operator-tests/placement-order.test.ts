import { describe, expect, it } from 'vitest'
import { failoverIPObject } from '../operator-cluster/cluster-object.ts'
import { classOf, createEmbeddedCluster, secretOf } from './embedded-cluster.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const slotsPerServer = 5
const priorities = { low: 0, middle: 5, high: 10, top: 20 }
type Name = keyof typeof priorities
const addressOf = (name: Name): string => `51.15.129.${100 + priorities[name]}`

const want = (cluster: EmbeddedCluster, name: Name): Promise<void> =>
  cluster.apply('FailoverIP', failoverIPObject(name, [addressOf(name)], { priority: priorities[name] }))

const events: readonly ((cluster: EmbeddedCluster) => unknown)[] = [
  (cluster) => cluster.nodes.powerOff('node-1'),
  (cluster) => want(cluster, 'top'),
  (cluster) => cluster.nodes.cordon('node-2'),
]

/** Three nodes with one free slot each. */
async function crowdedCluster(): Promise<EmbeddedCluster> {
  const cluster = await createEmbeddedCluster()
  const { cloud } = cluster
  for (const name of Object.keys(priorities) as Name[]) cloud.addIp({ unit: `${addressOf(name)}/32` })
  for (const [index, { id }] of cloud.snapshot().servers.entries()) {
    for (let slot = 1; slot < slotsPerServer; slot += 1) {
      const { unit } = cloud.addIp({ unit: `51.15.200.${index * slotsPerServer + slot}/32` })
      cloud.moveByHand(unit, id)
    }
  }
  await cluster.apply('Secret', secretOf(cloud))
  await cluster.apply('FailoverIPClass', classOf({ detection: { interval: '1s' } }))
  return cluster
}

function holders(cluster: EmbeddedCluster): Readonly<Record<string, string | undefined>> {
  const names: readonly Name[] = ['low', 'middle', 'high', 'top']
  return Object.fromEntries(names.map((name) => [name, cluster.holder(`${addressOf(name)}/32`)]))
}

/** Who is where after the start, and in the end, when all has come to rest. */
async function play(
  names: readonly Name[],
  order: typeof events,
): Promise<readonly [start: ReturnType<typeof holders>, end: ReturnType<typeof holders>]> {
  await using cluster = await crowdedCluster()
  for (const name of names) await want(cluster, name)
  cluster.start()
  await cluster.clock.advance(10_000)
  const start = holders(cluster)
  for (const event of order) {
    await event(cluster)
    await cluster.clock.advance(10_000)
  }
  await cluster.clock.advance(20_000)
  const end = holders(cluster)
  const count = cluster.cloud.mutations().length
  await cluster.clock.advance(35_000)
  expect(cluster.cloud.mutations()).toHaveLength(count)
  return [start, end]
}

describe('the order', () => {
  it('of objects does not show in the plan, and that of events not in who is served in the end, which is at rest [A22] [A23]', async () => {
    const [start, end] = await play(['low', 'middle', 'high'], events)
    const [otherStart, otherEnd] = await play(['high', 'low', 'middle'], events.toReversed())
    expect(otherStart).toEqual(start)
    expect(new Set(Object.values(start))).toEqual(new Set(['node-1', 'node-2', 'node-3', undefined]))
    // node-1 is dead; the other two have a slot each, for the two that matter most.
    for (const served of [end, otherEnd]) {
      expect(new Set([served['top'], served['high']])).toEqual(new Set(['node-2', 'node-3']))
    }
  })
})
