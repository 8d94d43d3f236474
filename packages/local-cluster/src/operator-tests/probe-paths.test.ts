import { readFile } from 'node:fs/promises'

import { eventResource, failoverIPResource, nodeResource } from '@failover-ip/kubernetes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { namespace } from '../operator-cluster/cluster-object.ts'
import { classOf, createEmbeddedCluster } from './embedded-cluster.ts'
import type { EmbeddedCluster } from './embedded-cluster.ts'

const { signal } = new AbortController()
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
const settle = async (): Promise<string> => {
  await cluster.until(isReady, 20)
  await cluster.clock.advance(30_000)
  return (await cluster.status()).node ?? ''
}
/** `REASON KIND/NAME: NOTE` */
const events = async (): Promise<readonly string[]> =>
  (await cluster.client.list(eventResource, { signal })).items.map((event) => {
    const { kind, name } = event['regarding'] as { readonly kind: string; readonly name: string }
    return `${String(event['reason'])} ${kind}/${name}: ${String(event['note'])}`
  })

describe('the way to a node', () => {
  it('that is blocked from the start is said at the Node, moves nothing, and leaves the Lease to tell of a death [A62]', async () => {
    const names = cluster.nodes.specs.map(({ name }) => name)
    for (const name of names) cluster.nodes.partition(name, ['leader', ...names])
    const replica = cluster.start()
    const home = await settle()
    expect(await events()).toContainEqual(
      expect.stringMatching(/^ProbePathUnproven Node\/node-1: .*: open their UDP port between all nodes, and see/),
    )
    expect(replica.get('/metrics').body).toContain(`failover_ip_probe_path{node="${home}",state="unproven"} 1`)
    for (const name of names) if (name !== home) cluster.nodes.rejoin(name)
    cluster.nodes.partition(home, ['leader', ...names])
    await cluster.clock.advance(20_000)
    expect(await events()).toContainEqual(
      expect.stringMatching(/^ProbePathProven Node\/node-\d: Node node-\d answers at/),
    )
    cluster.nodes.powerOff(home)
    await cluster.clock.advance(10_000)
    expect(cluster.holder()).toBe(home)
    await cluster.until(() => cluster.holder() !== home, 40)
    expect((await cluster.status()).moves ?? 0).toBeLessThanOrEqual(1)
  })

  it('that the leader alone has lost is said after ten seconds, and moves nothing [A32]', async () => {
    const replica = cluster.start()
    const home = await settle()
    cluster.nodes.partition(home, ['leader'])
    await cluster.clock.advance(9000)
    const doubt = expect.stringMatching(
      new RegExp(`^NodeSuspect FailoverIP/web: ${home} silent at the leader, but heard at`),
    )
    expect(await events()).not.toContainEqual(doubt)
    await cluster.clock.advance(30_000)
    expect((await events()).filter((event) => event.startsWith('NodeSuspect'))).toEqual([doubt])
    expect(cluster.holder()).toBe(home)
    const { body } = replica.get('/metrics')
    expect(body).toContain(`failover_ip_node_verdict{node="${home}",verdict="suspect",reason="WitnessDisagrees"} 1`)
  })

  it('is kept by a replica that does not lead, to holders alone [A43]', async () => {
    cluster.start()
    const home = await settle()
    const standby = cluster.start()
    await cluster.clock.advance(10_000)
    const states = (standby.get('/metrics').body.match(/^failover_ip_probe_path\{.*\} 1$/gm) ?? []).join('\n')
    expect(states).toBe(`failover_ip_probe_path{node="${home}",state="proven"} 1`)
  })
})

it('of two nodes the one that has just come back serves when the other one dies [A64]', async () => {
  await using two = await createEmbeddedCluster({ zones: ['fr-par-1', 'fr-par-1'] })
  await two.install()
  two.start()
  const holds = (name: string) => (): boolean => two.holder() === name
  await two.until(async () => (await two.condition('Ready'))?.status === 'True', 20)
  await two.clock.advance(30_000)
  const { node: first = '' } = await two.status()
  const second = first === 'node-1' ? 'node-2' : 'node-1'
  two.nodes.powerOff(first)
  await two.until(holds(second), 30)
  two.nodes.powerOn(first)
  await two.clock.advance(70_000)
  expect(two.holder()).toBe(second)
  two.nodes.powerOff(second)
  await two.until(holds(first), 30)
})

it('a death is called one after the misses of the class, in its interval', async () => {
  await cluster.apply('FailoverIPClass', classOf({ detection: { interval: '1s', misses: 4 } }))
  cluster.start()
  const home = await settle()
  cluster.nodes.powerOff(home)
  await cluster.clock.advance(3900)
  expect(cluster.holder()).toBe(home)
  await cluster.until(() => cluster.holder() !== home, 2)
})

it('the metrics have their names [A71]', async () => {
  const replica = cluster.start()
  const home = await settle()
  cluster.nodes.powerOff(home)
  await cluster.until(() => cluster.holder() !== home, 5)
  await cluster.until(isReady, 5)
  const { body } = replica.get('/metrics')
  const documented = await readFile(new URL('../../../operator/README.md', import.meta.url), 'utf8')
  const names = [...documented.matchAll(/`((?:failover_ip|leader_election)_\w+)/g)].map(([, name]) => name)
  expect(names.length).toBeGreaterThan(10)
  for (const name of names) expect(body).toContain(`# TYPE ${name} `)
  const undocumented = [...body.matchAll(/^# TYPE (\w+) /gm)]
    .map(([, name]) => name)
    .filter((name) => !names.includes(name))
  expect(undocumented).toEqual([])
})

it('no series is left of what is gone [A71]', async () => {
  const replica = cluster.start()
  const home = await settle()
  const has = (text: string): boolean => replica.get('/metrics').body.includes(text)
  const gone = cluster.nodes.specs.find(({ name }) => name !== home)?.name ?? ''
  expect([has(`node="${gone}"`), has('name="web"')]).toEqual([true, true])
  cluster.nodes.powerOff(gone)
  const deleting = cluster.client.delete(nodeResource, { name: gone }, { signal })
  await cluster.clock.advanceUntil(deleting)
  await cluster.clock.advanceUntil(cluster.client.delete(failoverIPResource, { namespace, name: 'web' }, { signal }))
  await cluster.until(() => !has(`node="${gone}"`) && !has('name="web"'), 10)
})
