import { failoverIPResource, nodeResource } from '@failover-ip/kubernetes'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { failoverIPObject } from '../operator-cluster/cluster-object.ts'
import { classOf, createEmbeddedCluster } from './embedded-cluster.ts'
import type { Replica } from '../operator-cluster/replica.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const signal = new AbortController().signal
const near = ['node-1', 'node-2', 'node-3'] as const
const far = 'node-4'

let cluster: EmbeddedCluster
let replica: Replica
/** By name of a FailoverIP. */
const units = new Map<string, string>()
const names = (): readonly string[] => [...units.keys()]
beforeAll(async () => {
  cluster = await createEmbeddedCluster({ zones: ['fr-par-1', 'fr-par-1', 'fr-par-1', 'fr-par-2'] })
  await cluster.install()
  await cluster.client.delete(failoverIPResource, { namespace: 'ingress', name: 'web' }, { signal })
  const parameters = { zones: ['fr-par-1', 'fr-par-2'] }
  // Slow probes: nothing here is about how soon a death is noticed.
  await cluster.apply(
    'FailoverIPClass',
    classOf({ parameters, deletionPolicy: 'Release', detection: { interval: '1s' } }),
  )
  replica = cluster.start()
})
afterEach(async () => {
  const left = names()
  await giveUp(left)
  await cluster.until(async () => (await Promise.all(left.map((name) => cluster.status(name)))).every(isGone))
  for (const node of [...near, far]) await label(node, { disk: null, role: null, rack: null })
})
afterAll(async () => {
  await cluster[Symbol.asyncDispose]()
  expect(cluster.clock.sleepers).toBe(0)
})

const isGone = (status: object): boolean => Object.keys(status).length === 0
const unitOf = (name: string): string => units.get(name) ?? ''
const nodeOf = (name: string): string | undefined => cluster.holder(unitOf(name))
const nodesOf = (some: readonly string[] = names()): readonly string[] =>
  some.map((name) => nodeOf(name) ?? 'nowhere').toSorted()

async function label(node: string, labels: Readonly<Record<string, string | null>>): Promise<void> {
  const patch = { type: 'merge', body: { metadata: { labels } } } as const
  await cluster.client.patch(nodeResource, { name: node }, patch, { signal })
}

/** Wants a FailoverIP, a new one with an address of its own. */
async function want(name: string, spec: Readonly<Record<string, unknown>> = {}, zone = 'fr-par-1'): Promise<void> {
  if (!units.has(name)) {
    const { unit } = cluster.cloud.addIp({ unit: `51.15.129.${cluster.cloud.snapshot().ips.length + 100}/32`, zone })
    units.set(name, unit)
  }
  await cluster.apply('FailoverIP', failoverIPObject(name, [unitOf(name).slice(0, -3)], spec))
}

async function giveUp(some: Iterable<string>): Promise<void> {
  for (const name of some) {
    await cluster.client.delete(failoverIPResource, { namespace: 'ingress', name }, { signal })
    units.delete(name)
  }
}

async function isServed(name: string): Promise<boolean> {
  const ready = await cluster.condition('Ready', name)
  return ready?.status === 'True'
}
async function areServed(some: readonly string[] = names()): Promise<boolean> {
  for (const name of some) if (!(await isServed(name))) return false
  return true
}

const conditionSays = (name: string, text: string | RegExp) => async (): Promise<boolean> => {
  const { status, message = '' } = (await cluster.condition('Placed', name)) ?? {}
  return status === 'False' && message.search(text) >= 0
}

describe('placement', () => {
  it('says of each node why it may not have an address, and heals when one may [A12]', async () => {
    await want('edge', { nodeSelector: { role: 'edge' } })
    await want('other')
    await cluster.until(conditionSays('edge', 'addresses can only go to'))
    const { message = '' } = (await cluster.condition('Placed', 'edge')) ?? {}
    for (const node of near) expect(message).toContain(` ${node} does not have the label role=edge.`)
    expect(message).toContain(` ${far} is in fr-par-2, the addresses can only go to fr-par-1.`)
    expect(message).not.toMatch(/(node-\d): \1/)
    expect((await cluster.status('edge')).rejectedNodes).toEqual({ SelectorMismatch: 3, WrongLocation: 1 })
    await cluster.until(() => isServed('other'))

    await label('node-2', { role: 'edge' })
    await cluster.until(() => isServed('edge'))
    expect(nodeOf('edge')).toBe('node-2')
    expect(await cluster.condition('Placed', 'edge')).toMatchObject({
      message: 'Belongs on node-2: no other node may have it.',
    })
  })

  it('follows its selector, and the labels of nodes [A14]', async () => {
    await label('node-1', { disk: 'ssd' })
    await want('picky', { nodeSelector: { disk: 'ssd' } })
    await cluster.until(() => nodeOf('picky') === 'node-1')
    await label('node-3', { disk: 'ssd' })
    await label('node-1', { disk: 'hdd' })
    await cluster.until(() => nodeOf('picky') === 'node-3')
    await label('node-2', { role: 'edge' })
    await want('picky', { nodeSelector: { role: 'edge' } })
    await cluster.until(() => nodeOf('picky') === 'node-2')
    await want('picky', { nodeSelector: {} })
    await cluster.clock.advance(70_000)
    expect(nodeOf('picky')).toBe('node-2')
  })

  it('goes to the nodes it likes, and goes back there when its failback says so [A15]', async () => {
    const nodePreferences = [
      { weight: 50, nodeSelector: { role: 'edge' } },
      { weight: 30, nodeSelector: { disk: 'ssd' } },
      { weight: 30, nodeSelector: { rack: 'new' } },
    ]
    await label('node-1', { role: 'edge' })
    await label('node-2', { disk: 'ssd', rack: 'new' })
    const modes = ['Never', 'Delayed', 'Always'] as const
    for (const mode of modes) await want(mode.toLowerCase(), { nodePreferences, failback: { mode, delay: '2m' } })
    await cluster.until(() => areServed())
    expect(names().map(nodeOf)).toEqual(['node-2', 'node-2', 'node-2'])
    expect(await cluster.condition('Placed', 'never')).toMatchObject({ message: 'Belongs on node-2: the best liked.' })

    await cluster.nodes.cordon('node-2')
    await cluster.until(() =>
      names()
        .map(nodeOf)
        .every((node) => node === 'node-1'),
    )
    await cluster.until(() => areServed())
    await cluster.nodes.uncordon('node-2')
    await cluster.clock.advance(90_000)
    expect(names().map(nodeOf)).toEqual(['node-1', 'node-1', 'node-2'])
    await cluster.clock.advance(60_000)
    expect(names().map(nodeOf)).toEqual(['node-1', 'node-2', 'node-2'])

    await label('node-2', { rack: null })
    await cluster.clock.advance(90_000)
    expect(names().map(nodeOf)).toEqual(['node-1', 'node-1', 'node-1'])
    expect(await areServed()).toBe(true)
    const { message } = (await cluster.condition('Placed', 'always')) ?? {}
    expect(message).toBe('Belongs on node-1: the best liked. It prefers rack=new, which no node has.')
  })

  it('keeps the members of a group apart over nodes and zones, and says which limit leaves one out [A16]', async () => {
    const spread = { group: 'web', maxPerNode: 1, maxPerZone: 2 }
    for (const name of ['one', 'two', 'three', 'four']) await want(name, { spread })
    await want('away', { spread }, 'fr-par-2')
    await want('other', { spread: { ...spread, group: 'mail' } })
    await cluster.until(async () => (await areServed(['away', 'other'])) && (await servedOf(fours)).length === 2)
    const inZone = 'fr-par-1, where node-\\d is, has 2 of the spread group ingress/web, the most it may.'
    for (const name of await unservedOf(fours)) await cluster.until(conditionSays(name, new RegExp(inZone)))
    expect(nodeOf('away')).toBe(far)

    for (const name of fours) await want(name, { spread: { ...spread, maxPerZone: 4 } })
    await cluster.clock.advance(5000)
    expect(await servedOf(fours)).toHaveLength(2)
    const [served = ''] = await servedOf(fours)
    expect((await cluster.condition('Placed', served))?.message).toMatch(
      /^Belongs on node-\d: .*\. The members of the spread group ingress\/web state different limits; the smallest ones count\.$/,
    )
    await want('away', { spread: { ...spread, maxPerZone: 4 } })
    await cluster.until(async () => (await servedOf(fours)).length === 3)
    expect(nodesOf(await servedOf(fours))).toEqual(near)
    const onNode = 'node-\\d has 1 of the spread group ingress/web, the most it may.'
    for (const name of await unservedOf(fours)) await cluster.until(conditionSays(name, new RegExp(onNode)))
  })

  it('stays in the zone of its address, whatever happens there [A13]', async () => {
    await want('away', {}, 'fr-par-2')
    await cluster.until(() => isServed('away'))
    expect(nodeOf('away')).toBe(far)
    cluster.nodes.powerOff(far)
    await cluster.until(async () => (await cluster.condition('Ready', 'away'))?.reason === 'LeastBad')
    const { message = '' } = (await cluster.condition('Ready', 'away')) ?? {}
    for (const node of near) expect(message).toContain(`${node} is in fr-par-1, the addresses can only go to fr-par-2.`)
    await cluster.clock.advance(30_000)
    expect(nodeOf('away')).toBe(far)
    cluster.nodes.powerOn(far)
    await cluster.until(() => isServed('away'))
  })

  it('spreads evenly, and moves what was on a lost node and nothing else, after a restart neither [A10] [A11]', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await want(name)
    await cluster.until(() => areServed())
    expect(nodesOf()).toEqual(near.flatMap((node) => [node, node]))
    const before = new Map(names().map((name) => [name, nodeOf(name)]))

    cluster.nodes.powerOff('node-1')
    await cluster.until(() => !nodesOf().includes('node-1'))
    expect(nodesOf()).toEqual(['node-2', 'node-2', 'node-2', 'node-3', 'node-3', 'node-3'])
    for (const [name, node] of before) if (node !== 'node-1') expect(nodeOf(name)).toBe(node)

    cluster.nodes.powerOn('node-1')
    await cluster.until(() => areServed())
    const count = cluster.cloud.mutations().length
    await replica.stop()
    replica = cluster.start()
    await cluster.clock.advance(60_000)
    expect(cluster.cloud.mutations()).toHaveLength(count)
    expect(await areServed()).toBe(true)
  })

  it('gives no server more than it has slots for, and leaves no slot free that would serve [A18]', async () => {
    for (let number = 1; number <= 16; number += 1) await want(`many-${number}`)
    await cluster.until(() => names().filter(nodeOf).length === 15)
    for (const node of near) expect(names().filter((name) => nodeOf(name) === node)).toHaveLength(5)
    const left = names().find((name) => nodeOf(name) === undefined) ?? ''
    await cluster.until(conditionSays(left, 'node-1 is full: it has 5 slots, and all are taken.'))
    // The cloud is asked for slots in use while it has one, which is every five minutes.
    await cluster.clock.advance(310_000)
    await giveUp(['many-1'])
    await cluster.until(() => isServed(left))
    for (const node of near) expect(names().filter((name) => nodeOf(name) === node)).toHaveLength(5)
  })
})

const fours = ['one', 'two', 'three', 'four']

async function servedOf(some: readonly string[]): Promise<readonly string[]> {
  const served: string[] = []
  for (const name of some) if (await isServed(name)) served.push(name)
  return served
}

async function unservedOf(some: readonly string[]): Promise<readonly string[]> {
  const served = await servedOf(some)
  return some.filter((name) => !served.includes(name))
}
