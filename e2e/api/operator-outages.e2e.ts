import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, ipv4, ipv6, unitV4, unitV6, type FailoverScene } from '../harness/failover-scene.ts'
import { imitatedNode, imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import type { OperatorProcess } from '../harness/operator-process.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const servers = [1, 2, 3].map((number) => imitatedNode(number, 'fr-par-1'))

describe.skipIf(power === undefined)('the operator, when something is away', () => {
  let scene: FailoverScene
  let nodes: ImitatedNodes
  let operator: OperatorProcess

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig, name: 'outages', servers })
    nodes = await imitateNodes(createApiClient(kubeconfig), servers)
    scene.cloud.addIp({ unit: unitV4 })
    scene.cloud.addIp({ unit: unitV6 })
  })
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })
  const movedFrom = (before: string) => {
    const [v4, v6] = [scene.holder(unitV4), scene.holder(unitV6)]
    return v4 === v6 && v4 !== before ? v4 : undefined
  }

  it('waits for an API server that is away at the start, and for custom resources that come later [A45]', async () => {
    await power?.stopApiServer()
    try {
      operator = await scene.start('replica')
      await until('it to say that it knows nothing', async () => (await operator.readyz()) === 503)
    } finally {
      await power?.startApiServer()
    }
    expect(operator.running).toBe(true)
    await scene.installCrds()
    await scene.createSecret('scaleway')
    await scene.createClass('scaleway')
    await scene.createFailoverIP('web', { className: 'scaleway', addresses: [ipv4, ipv6] })
    const start = performance.now()
    await scene.untilReady('web', 'True', undefined, 90_000)
    await recordMeasurement('api: custom resources installed after the start, until Ready', secondsSince(start))
  })

  it.each([
    ['killed', 'stopApiServer', 'startApiServer'],
    ['silent', 'pauseApiServer', 'resumeApiServer'],
  ] as const)(
    'moves nothing while the API server is %s, and moves a dead node when it is back [A45]',
    async (...row) => {
      const [how, end, begin] = row
      const { node: before = '', moves } = await scene.untilReady('web')
      const mutations = scene.cloud.mutations().length
      const requests = scene.cloud.requests.length
      await power?.[end]()
      const away = performance.now()
      let node: string
      try {
        nodes.silence(before)
        // Long past every Lease's end (4 s) and the leader's own.
        await until('the outage to have lasted', async () => secondsSince(away) > 15, { deadline: 20_000 })
        expect(scene.cloud.mutations()).toHaveLength(mutations)
      } finally {
        await power?.[begin]()
      }
      const back = performance.now()
      try {
        node = await until('both units to leave', async () => movedFrom(before), { interval: 50, deadline: 60_000 })
        await recordMeasurement(`api: API server ${how}, from its return to the dead node left`, secondsSince(back))
        expect(await scene.untilReady('web')).toMatchObject({ node, moves: moves + 1 })
      } finally {
        nodes.wake(before)
      }
      expect(operator.running).toBe(true)
      expect(scene.cloud.requests.length).toBeGreaterThan(requests)
    },
  )

  it('keeps a FailoverIP whose provider is down until its address is released [A60]', async () => {
    const unit = '51.15.129.60/32'
    scene.cloud.addIp({ unit })
    await scene.createFailoverIP('held', {
      className: 'scaleway',
      addresses: ['51.15.129.60'],
      deletionPolicy: 'Release',
    })
    await scene.untilReady('held')
    const repair = scene.cloud.faults.add({ fault: { kind: 'status', status: 503 }, times: 100_000 })
    const requests = scene.cloud.requests.length
    await scene.deleteFailoverIP('held')
    await until('two tries at the provider', async () => scene.cloud.requests.length > requests + 1)
    expect(scene.holder(unit)).toBeDefined()
    expect(await scene.ready('held')).toMatchObject({ status: 'False' })
    repair()
    await scene.untilGone('held')
    expect(scene.cloud.attachment(unit)).toEqual({ server: null, state: 'detached' })
  })

  it('releases with the credentials that it had, when namespace and Secret are deleted with it [A60]', async () => {
    await scene.patchFailoverIP('web', { spec: { deletionPolicy: 'Release' } })
    await scene.deleteSecret('scaleway')
    const noSecret = async () =>
      (await scene.classCondition('scaleway', 'CredentialsValid'))?.reason === 'SecretNotFound'
    await until('the Secret to be missed', noSecret)
    // Nobody deletes what is in a namespace here: the suite does what the namespace controller would.
    await scene.api.delete(`/api/v1/namespaces/${scene.namespace}`)
    await scene.deleteFailoverIP('web')
    await scene.untilGone('web')
    expect([unitV4, unitV6].map((unit) => scene.cloud.attachment(unit)?.server)).toEqual([null, null])
    expect(operator.running).toBe(true)
  })
})
