import { createKubernetesClient, leaseResource, nodeResource } from '@failover-ip/kubernetes'
import { createVirtualClock } from '@failover-ip/provider-testkit'
import type { VirtualClock } from '@failover-ip/provider-testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createApiServer } from '../api/api-server.ts'
import { renewTimeOf, viewNode } from './node-condition.ts'
import type { NodeView } from './node-condition.ts'
import { createSimulatedNetwork } from './simulated-network.ts'
import type { SimulatedNetwork } from './simulated-network.ts'
import { scalewayNodes } from './simulated-node.ts'
import { createSimulatedNodes } from './simulated-nodes.ts'
import type { SimulatedNodes } from './simulated-nodes.ts'

const signal = new AbortController().signal
let clock: VirtualClock
let network: SimulatedNetwork
let nodes: SimulatedNodes
let client: ReturnType<typeof createKubernetesClient>

beforeEach(async () => {
  clock = createVirtualClock()
  network = createSimulatedNetwork()
  let step = 0
  const random = (): number => (step = (step + 0.137) % 1)
  const { transport } = createApiServer({ clock, random })
  client = createKubernetesClient({ transport, clock })
  nodes = createSimulatedNodes({ specs: scalewayNodes(3), transport, clock, network, random })
  await clock.advance(1_000)
})
afterEach(async () => {
  await nodes[Symbol.asyncDispose]()
  expect(clock.sleepers).toBe(0)
})

const read = async (name: string): Promise<NodeView> => viewNode(await client.get(nodeResource, { name }, { signal }))
const renewedAt = async (name: string): Promise<number> => {
  const lease = await client.get(leaseResource, { name, namespace: 'kube-node-lease' }, { signal })
  return Date.parse(renewTimeOf(lease) ?? '')
}
const taintKeys = ({ taints }: NodeView): readonly string[] => taints.map(({ key, effect }) => `${key}:${effect}`)

describe('simulated nodes', () => {
  it('register themselves as servers at Scaleway', async () => {
    const node = await client.get(nodeResource, { name: 'node-2' }, { signal })
    expect(node).toMatchObject({
      metadata: { labels: { 'topology.kubernetes.io/zone': 'fr-par-1', 'topology.kubernetes.io/region': 'fr-par' } },
      spec: { providerID: 'scaleway://instance/fr-par-1/f1900000-0000-4000-8000-000000000002' },
      status: { addresses: [{ type: 'InternalIP', address: '10.0.0.2' }, { type: 'Hostname' }] },
    })
    expect((await read('node-2')).ready).toBe('True')
  })

  it('renew their Leases every ten seconds, and write nothing else', async () => {
    const before = await renewedAt('node-1')
    const { metadata } = await client.get(nodeResource, { name: 'node-1' }, { signal })
    await clock.advance(30_000)
    expect((await renewedAt('node-1')) - before).toBe(30_000)
    const after = await client.get(nodeResource, { name: 'node-1' }, { signal })
    expect(after.metadata.resourceVersion).toBe(metadata.resourceVersion)
  })

  it('without power are called Unknown after the grace, and Ready soon after they boot anew', async () => {
    const { bootID } = await read('node-1')
    nodes.powerOff('node-1')
    await clock.advance(45_000)
    expect((await read('node-1')).ready).toBe('True')
    await clock.advance(15_000)
    const dead = await read('node-1')
    expect(dead.ready).toBe('Unknown')
    expect(taintKeys(dead)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ])
    expect((await read('node-2')).ready).toBe('True')

    nodes.powerOn('node-1')
    await clock.advance(11_000)
    const back = await read('node-1')
    expect([back.ready, taintKeys(back)]).toEqual(['True', []])
    expect(back.bootID).not.toBe(bootID)
  })

  it('keep their boot id over a pause and a partition', async () => {
    const { bootID } = await read('node-1')
    nodes.pause('node-1')
    nodes.partition('node-2')
    await clock.advance(60_000)
    expect([(await read('node-1')).ready, (await read('node-2')).ready]).toEqual(['Unknown', 'Unknown'])
    nodes.resume('node-1')
    nodes.rejoin('node-2')
    await clock.advance(16_000)
    expect([(await read('node-1')).ready, (await read('node-2')).ready]).toEqual(['True', 'True'])
    expect((await read('node-1')).bootID).toBe(bootID)
  })

  it('stay Ready when only the leader is cut off from them', async () => {
    nodes.partition('node-1', ['leader'])
    await clock.advance(90_000)
    expect((await read('node-1')).ready).toBe('True')
    expect(network.hears('leader', 'node-1')).toBe(false)
    expect(network.hears('node-2', 'node-1')).toBe(true)
  })

  it('are cordoned and uncordoned', async () => {
    const spec = async (): Promise<unknown> => (await client.get(nodeResource, { name: 'node-3' }, { signal }))['spec']
    await nodes.cordon('node-3')
    expect(await spec()).toMatchObject({ unschedulable: true })
    await nodes.uncordon('node-3')
    expect(await spec()).not.toHaveProperty('unschedulable')
  })
})
