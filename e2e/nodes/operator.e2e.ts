import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, ipv4, ipv6, unitV4, unitV6, type FailoverScene } from '../harness/failover-scene.ts'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import { nodeSigns } from '../harness/node-signs.ts'
import { clusterUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const cluster = clusterUnderTest()
const names = cluster.nodes.map(({ name }) => name)
const { readReady, readRenewTime } = nodeSigns(createApiClient(cluster.kubeconfig))

describe('the operator on three nodes', () => {
  let scene: FailoverScene
  const holders = () => [scene.holder(unitV4), scene.holder(unitV6)]
  const holderOfBoth = () => {
    const [v4, v6] = holders()
    return v4 === v6 ? v4 : undefined
  }

  beforeAll(async () => {
    scene = await createFailoverScene({
      kubeconfig: cluster.kubeconfig,
      name: 'operator-nodes',
      servers: cluster.nodes,
    })
    await scene.prepare()
    const operator = await scene.start('replica')
    await operator.whenReady()
    await scene.createFailoverIP('web', { className: 'scaleway', addresses: [ipv4, ipv6] })
    await scene.untilReady('web')
  })
  afterAll(async () => await scene?.[Symbol.asyncDispose]())

  it('attaches the addresses to a real node of their zone [A1]', async () => {
    const { node = '' } = await scene.status('web')
    expect(names).toContain(node)
    expect(holders()).toEqual([node, node])
  })

  it('leaves a node that is cordoned, at once, and does not come back [A20]', async () => {
    const { node: before = '' } = await scene.status('web')
    const start = performance.now()
    await scene.kubectl(['cordon', before])
    try {
      const moved = async () => holderOfBoth() !== undefined && holderOfBoth() !== before
      await until('both units to leave', moved, { interval: 20 })
      await recordMeasurement('cluster: from cordon to both units moved', secondsSince(start))
      const { node, moves } = await scene.untilReady('web')
      expect(holders()).toEqual([node, node])
      await scene.kubectl(['uncordon', before])
      await untilRenewed(names)
      expect(await scene.status('web')).toMatchObject({ node, moves })
    } finally {
      await scene.kubectl(['uncordon', before])
    }
  })

  it('moves both addresses from a node that lost power, before Kubernetes misses it, and stays [A30] [A1]', async () => {
    const { node: dead = '' } = await scene.status('web')
    await untilAllReady()
    await until('its Lease', async () => await readRenewTime(dead))
    await cluster.powerOff(dead)
    const start = performance.now()
    try {
      const moved = async () => holderOfBoth() !== undefined && holderOfBoth() !== dead
      await until('both units to move', moved, { deadline: 100_000, interval: 50 })
      await recordMeasurement('cluster: from power loss to both units moved', secondsSince(start))
      expect(await readReady(dead)).toBe('True')
      const { node } = await scene.untilReady('web')
      expect(holders()).toEqual([node, node])
      const notReady = async () => (await readReady(dead)) === 'Unknown'
      await until('NotReady', notReady, { deadline: 100_000 })
      await recordMeasurement('cluster: from power loss to NotReady', secondsSince(start))
    } finally {
      await cluster.boot(dead)
    }
    const { node, moves } = await scene.status('web')
    await until('the node to be back', async () => (await readReady(dead)) === 'True', { deadline: 60_000 })
    await untilRenewed([dead])
    expect(await scene.status('web')).toMatchObject({ node, moves })
    expect(holders()).toEqual([node, node])
  })

  it('moves nothing while the API server is away and the nodes are well', async () => {
    const { node, moves } = await scene.status('web')
    const before = scene.cloud.mutations().length
    const renewals = await Promise.all(names.map(readRenewTime))
    await cluster.stopApiServer()
    try {
      // Every Lease has to be missed at least once for this to mean anything: the operator saw nothing for so long.
      const missed = Date.parse(renewals.toSorted().at(-1) ?? '') + 27_000
      await until('every Lease to be overdue', async () => Date.now() > missed, { deadline: 60_000 })
    } finally {
      await cluster.startApiServer()
    }
    await untilRenewed(names)
    await untilAllReady()
    await scene.untilReady('web')
    expect(await scene.status('web')).toMatchObject({ node, moves })
    expect(scene.cloud.mutations()).toHaveLength(before)
  })
})

async function untilAllReady(): Promise<void> {
  const allReady = async () => (await Promise.all(names.map(readReady))).every((status) => status === 'True')
  await until('all nodes to be Ready', allReady, { deadline: 60_000 })
}

/** Resolves when each kubelet has renewed its Lease twice from now on: whatever a change brings, it brought by then. */
async function untilRenewed(nodes: readonly string[]): Promise<void> {
  for (let renewals = 0; renewals < 2; renewals++) {
    const before = await Promise.all(nodes.map(readRenewTime))
    const renewed = async () => (await Promise.all(nodes.map(readRenewTime))).every((time, i) => time !== before[i])
    await until('the Leases to be renewed', renewed, { deadline: 40_000 })
  }
}
