import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, ipv4, ipv6, unitV4, unitV6, type FailoverScene } from '../harness/failover-scene.ts'
import { imitatedNode, imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import type { OperatorProcess } from '../harness/operator-process.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const servers = [imitatedNode(1, 'fr-par-1'), imitatedNode(2, 'fr-par-1'), imitatedNode(3, 'fr-par-1')]
const leaseShape = z.object({ spec: z.object({ holderIdentity: z.string().optional() }) })

describe.skipIf(power === undefined)('two replicas of the operator', () => {
  let scene: FailoverScene
  let nodes: ImitatedNodes
  let replicas: readonly OperatorProcess[]

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig, name: 'leaders', servers })
    nodes = await imitateNodes(createApiClient(kubeconfig), servers)
    await scene.prepare()
    await scene.createFailoverIP('web', { className: 'scaleway', addresses: [ipv4, ipv6] })
  })
  beforeEach(async () => {
    replicas = await Promise.all(['a', 'b'].map(async (name) => await scene.start(name)))
    await Promise.all(replicas.map(async (replica) => await replica.whenReady()))
    await scene.untilReady('web')
  })
  afterEach(async () => {
    for (const replica of replicas) {
      replica.resume()
      await replica.kill()
    }
  })
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })

  const holders = () => [scene.holder(unitV4), scene.holder(unitV6)]
  /** Name of the replica that holds the Lease; undefined after a release. */
  const leaseHolder = async () => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${scene.operatorNamespace}/leases/failover-ip-scaleway`
    const { spec } = await scene.api.get(path, leaseShape)
    return spec.holderIdentity?.split('_')[0]
  }
  const leaderAndStandby = async () => {
    const leader = await until('a leader', async () => {
      const holder = await leaseHolder()
      const found = replicas.find(({ name }) => name === holder)
      return found !== undefined && (await found.leads()) ? found : undefined
    })
    const standby = replicas.find((each) => each !== leader)
    if (standby === undefined) throw new Error('there are two replicas')
    return { leader, standby }
  }
  /** Cordons the node that has the addresses, and resolves with the node that has both of them then. */
  const moveByCordon = async (before = scene.holder() ?? '') => {
    await scene.kubectl(['cordon', before])
    try {
      return await until('both units to leave', async () => movedFrom(before), { interval: 20 })
    } finally {
      await scene.kubectl(['uncordon', before])
    }
  }
  const movedFrom = (before: string) => {
    const [v4, v6] = holders()
    return v4 === v6 && v4 !== before ? v4 : undefined
  }

  it('have one leader, and both are ready', async () => {
    const { leader, standby } = await leaderAndStandby()
    expect([await leader.leads(), await standby.leads()]).toEqual([true, false])
    expect([await leader.readyz(), await standby.readyz()]).toEqual([200, 200])
  })

  it('act in turn: when the leader is killed, the other moves what has to move [A42]', async () => {
    for (const turn of ['first', 'second']) {
      const { leader, standby } = await leaderAndStandby()
      await leader.kill()
      const start = performance.now()
      const node = await moveByCordon()
      await recordMeasurement(`api: ${turn} leader killed, until the other had moved both units`, secondsSince(start))
      expect(await scene.untilReady('web')).toMatchObject({ node })
      expect(await standby.leads()).toBe(true)
      const again = await scene.start(leader.name)
      replicas = [standby, again]
      await again.whenReady()
    }
  })

  it('hand over at SIGTERM: the Lease is released, and the next one leads [A42]', async () => {
    const { leader, standby } = await leaderAndStandby()
    const start = performance.now()
    const end = leader.stop()
    await until('the other to lead', async () => await standby.leads(), { interval: 10 })
    await recordMeasurement('api: SIGTERM to the leader, until the other led', secondsSince(start))
    expect(await end).toMatchObject({ code: 0 })
    expect(await leader.log()).toContain('The Lease was released.')
    const node = await moveByCordon()
    expect(await scene.untilReady('web')).toMatchObject({ node })
  })

  it('agree on one holder when a leader sleeps for a minute and wakes up [A41]', async () => {
    const { leader, standby } = await leaderAndStandby()
    const before = scene.holder() ?? ''
    leader.pause()
    const asleep = performance.now()
    await scene.kubectl(['cordon', before])
    try {
      const node = await until('both units to leave', async () => movedFrom(before), { interval: 20 })
      await recordMeasurement('api: leader asleep, until the other had moved both units', secondsSince(asleep))
      const { moves } = await scene.untilReady('web')
      await until('a minute of sleep', async () => secondsSince(asleep) >= 60, { deadline: 70_000 })
      const mutations = scene.cloud.mutations().length
      leader.resume()
      await until('it to see that it leads no more', async () => !(await leader.leads()))
      await until('it to be ready', async () => (await leader.readyz()) === 200)
      // Whatever it sent before it knew has ended by then: twice the deadline of a change at the provider.
      const awake = performance.now()
      await until('its calls to have ended', async () => secondsSince(awake) > 10)
      expect(await standby.leads()).toBe(true)
      expect(await leader.leads()).toBe(false)
      expect(scene.cloud.mutations()).toHaveLength(mutations)
      expect(holders()).toEqual([node, node])
      expect(await scene.untilReady('web')).toMatchObject({ node, moves })
    } finally {
      await scene.kubectl(['uncordon', before])
    }
  })

  it('go on when the Lease is deleted [A44]', async () => {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${scene.operatorNamespace}/leases/failover-ip-scaleway`
    await leaderAndStandby()
    await scene.api.delete(path)
    await until('a new Lease', async () => await leaseHolder())
    const node = await moveByCordon()
    expect(await scene.untilReady('web')).toMatchObject({ node })
    const leads = async () => await Promise.all(replicas.map(async (replica) => await replica.leads()))
    await until('one leader', async () => (await leads()).filter(Boolean).length === 1)
  })
})
