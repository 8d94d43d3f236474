import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, ipv4, ipv6, unitV6, type FailoverScene } from '../harness/failover-scene.ts'
import { imitatedNode, imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import type { OperatorProcess } from '../harness/operator-process.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const servers = [1, 2, 3].map((number) => imitatedNode(number, 'fr-par-1'))
const clusterRole = '/apis/rbac.authorization.k8s.io/v1/clusterroles/failover-ip-operator'
const roleShape = z.object({ rules: z.array(z.looseObject({ resources: z.array(z.string()) })) })

// A watch that is open outlives the right to it; only an API server that starts again asks anew.
describe.skipIf(power === undefined)('the rights of the operator, taken while it runs', () => {
  let scene: FailoverScene
  let nodes: ImitatedNodes
  let operator: OperatorProcess
  /** What was logged before the test. */
  let before: string

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig, name: 'rights', servers })
    nodes = await imitateNodes(createApiClient(kubeconfig), servers)
    await scene.prepare()
    operator = await scene.start('replica')
    await scene.createFailoverIP('web', { className: 'scaleway', addresses: [ipv4, ipv6] })
    await scene.untilReady('web')
  })
  afterEach(async () => {
    await scene.rights.give()
  })
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })

  const lines = async (...parts: readonly string[]) => {
    const log = (await operator.log()).slice(before.length)
    return log.split('\n').filter((line) => !line.includes('"debug"') && parts.every((part) => line.includes(part)))
  }
  const untilSaid = async (...parts: readonly string[]) =>
    await until(`the log to say ${parts.join(' … ')}`, async () => (await lines(...parts)).length > 0, {
      deadline: 30_000,
    })
  /** It still works: the holder is cordoned, and both units leave it. */
  const expectMove = async () => {
    const holder = scene.holder() ?? ''
    await scene.kubectl(['cordon', holder])
    try {
      const left = async () => scene.holder() !== holder && scene.holder(unitV6) === scene.holder()
      await until('both units to leave', left, { deadline: 60_000 })
      await scene.untilReady('web')
    } finally {
      await scene.kubectl(['uncordon', holder])
    }
    expect(operator.running).toBe(true)
  }
  const restartApiServer = async () => {
    await power?.stopApiServer()
    await power?.startApiServer()
  }

  it('all of them: it gives up leading, says so once, and leads and moves when they are back', async () => {
    before = await operator.log()
    const [holder, mutations] = [scene.holder(), scene.cloud.mutations().length]
    await scene.rights.take()
    await untilSaid('The Lease cannot be read or written', 'forbidden')
    await untilSaid('Leadership was lost')
    const taken = performance.now()
    await until('ten seconds without rights', async () => secondsSince(taken) > 10)
    expect(await lines('The Lease cannot be read or written')).toHaveLength(1)
    expect(await operator.leads()).toBe(false)
    expect([scene.holder(), scene.cloud.mutations().length]).toEqual([holder, mutations])
    await scene.rights.give()
    const given = performance.now()
    await until('it to lead again', async () => await operator.leads())
    await recordMeasurement('api: rights given back, until the operator led again', secondsSince(given))
    expect(await lines('The Lease can be read and written again')).toHaveLength(1)
    await expectMove()
  })

  it('all of them, before the API server starts again: one sentence for each collection', async () => {
    before = await operator.log()
    await scene.rights.take()
    await restartApiServer()
    for (const what of ['nodes', 'namespaces', 'failoverips.failover-ip.dev', 'secrets'])
      await untilSaid(`Listing and watching ${what} in`, 'is not allowed by RBAC', 'forbidden')
    const said = performance.now()
    await until('ten more seconds', async () => secondsSince(said) > 10)
    // Nodes, Leases, FailoverIPs, classes, namespaces, FailoverNodes, Services, and the Secret.
    expect(await lines('is not allowed by RBAC')).toHaveLength(8)
    expect(await lines('The API server answers again.')).toHaveLength(1)
    await scene.rights.give()
    await until('all to be followed again', async () => (await lines('Followed again.')).length === 8, {
      deadline: 90_000,
    })
    await expectMove()
  })

  it('that to write statuses: it says so once, changes nothing unrecorded, and goes on', async () => {
    before = await operator.log()
    const { rules } = await scene.api.get(clusterRole, roleShape)
    const others = rules.filter(({ resources }) => !resources.includes('failoverips/status'))
    await scene.api.merge(clusterRole, { rules: others })
    const mutations = scene.cloud.mutations().length
    const holder = scene.holder() ?? ''
    await scene.kubectl(['cordon', holder])
    try {
      const refused = async () => (await operator.log()).slice(before.length).split('failoverips/status').length - 1
      await until('several tries to be refused', async () => (await refused()) > 2, { deadline: 30_000 })
      // Once in ten minutes, of which the tests before this one may have seen the beginning.
      const errors = (await operator.log()).split('\n').filter((line) => line.includes('"level":"error"'))
      expect(errors.filter((line) => line.includes('failoverips/status'))).toEqual([
        expect.stringContaining('A right is missing in Kubernetes'),
      ])
      expect(scene.cloud.mutations()).toHaveLength(mutations)
      expect(await operator.leads()).toBe(true)
      await scene.rights.give()
      await until('the move', async () => scene.holder() !== holder && scene.holder(unitV6) !== holder)
      await scene.untilReady('web')
    } finally {
      await scene.kubectl(['uncordon', holder])
    }
  })

  it('that to see nodes: the class says so, and what is known is served on', async () => {
    before = await operator.log()
    const { rules } = await scene.api.get(clusterRole, roleShape)
    await scene.api.merge(clusterRole, { rules: rules.filter(({ resources }) => !resources.includes('nodes')) })
    await restartApiServer()
    const accepted = async () => await scene.classCondition('scaleway', 'Accepted')
    await until('the class to say so', async () => (await accepted())?.reason === 'MissingRight', { deadline: 90_000 })
    expect((await accepted())?.message).toContain('Listing and watching nodes in the whole cluster is not allowed')
    expect(await scene.ready('web')).toMatchObject({ status: 'True' })
    await scene.rights.give()
    await until('the class to take it back', async () => (await accepted())?.reason === 'Accepted', {
      deadline: 90_000,
    })
    await expectMove()
  })
})

describe.skipIf(power === undefined)('an API server that starts again', () => {
  it('leaves one line when it goes and one when it is back, and none about rights', async () => {
    await using scene = await createFailoverScene({ kubeconfig, name: 'restart', servers: [] })
    await scene.installCrds()
    const operator = await scene.start('replica')
    await operator.whenReady()
    for (let times = 0; times < 3; times++) {
      await power?.stopApiServer()
      const away = async () => (await operator.log()).split('"code":"Unavailable"').length - 1 > times
      await until('the line of its absence', away, { deadline: 60_000 })
      await power?.startApiServer()
      const back = async () => (await operator.log()).split('The API server answers again.').length - 1 > times
      await until('the line of its return', back, { deadline: 60_000 })
    }
    await until('it to lead', async () => await operator.leads(), { deadline: 30_000 })
    await until(
      'the custom resources to be served',
      async () => (await scene.kubectl(['get', 'fip,fipc'])) !== undefined,
    )
    const log = await operator.log()
    expect(log).not.toContain('is not allowed by RBAC')
    expect(log.split('"level":"warn"').length - 1).toBeLessThanOrEqual(9)
  })
})
