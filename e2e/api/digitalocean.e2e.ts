import { createDigitalOceanEmulator, serveEmulator } from '@failover-ip/provider-testkit'
import { systemClock } from '@failover-ip/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, type FailoverScene } from '../harness/failover-scene.ts'
import { imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import type { OperatorProcess } from '../harness/operator-process.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const [ipv4, ipv6] = ['45.55.96.47', '2604:a880:800:14::42:1']
const [unitV4, unitV6] = [`${ipv4}/32`, `${ipv6}/128`]

// Its nodes are objects without kubelets, which the controllers of somebody else's cluster would clear away.
describe.skipIf(power === undefined)('the operator for DigitalOcean', () => {
  const switches = { actionSeconds: 1 }
  const cloud = createDigitalOceanEmulator({ clock: systemClock(), latencyMs: 100, readLagSeconds: 0.5, switches })
  const droplets = ['nyc3', 'nyc3', 'fra1'].map((location, index) => {
    const { id, name, providerID } = cloud.addDroplet({ name: `node-${index + 1}`, location })
    return { name, providerID, serverID: id, zone: location }
  })
  let scene: FailoverScene
  let nodes: ImitatedNodes
  let operator: OperatorProcess
  let served: Awaited<ReturnType<typeof serveEmulator>>
  const holder = (unit: string): string | undefined =>
    droplets.find(({ serverID }) => serverID === cloud.holding(unit)?.server)?.name
  const token = (value: string): Record<string, string | undefined> => ({
    SCW_ACCESS_KEY: undefined,
    SCW_SECRET_KEY: undefined,
    SCW_DEFAULT_PROJECT_ID: undefined,
    DIGITALOCEAN_ACCESS_TOKEN: value,
  })

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig, name: 'digitalocean', servers: [], provider: 'digitalocean' })
    nodes = await imitateNodes(createApiClient(kubeconfig), droplets)
    served = await serveEmulator(cloud.handle)
    await scene.installCrds()
    await scene.createSecret('digitalocean', token('dop_v1_wrong_000000000000000000000000000'))
    const spec = {
      controllerName: 'failover-ip.dev/digitalocean',
      credentialsSecretRef: { name: 'digitalocean' },
      parameters: { apiUrl: served.url },
      addresses: ['45.55.0.0/16', '2604:a880::/32'],
    }
    await scene.createClass('digitalocean', spec, { 'failover-ip.dev/is-default-class': 'true' })
    operator = await scene.start('replica')
    await operator.whenReady()
  })
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
    await served?.close()
  })

  it('says that the token is refused, takes the right one, and prints neither [A60]', async () => {
    cloud.addAddress({ unit: unitV4 })
    cloud.addAddress({ unit: unitV6 })
    await scene.createFailoverIP('web', { addresses: [ipv4, ipv6] })
    const refused = async (): Promise<boolean> =>
      (await scene.classCondition('digitalocean', 'CredentialsValid'))?.reason === 'CredentialsRefused'
    await until('the class to say so', refused)
    const said = async (): Promise<boolean> =>
      (await scene.ready('web'))?.message.includes('Unable to authenticate you') === true
    await until('Ready to say why', said)
    await scene.replaceSecret('digitalocean', token(cloud.account.token))
    await scene.untilReady('web')
    const log = await operator.log()
    expect(log).not.toContain(cloud.account.token)
    expect(log).not.toContain('dop_v1_wrong')
  })

  it('assigns an IPv4 and an IPv6 address to one Droplet of their region [A4]', async () => {
    const { node, addresses } = await scene.status('web')
    expect(['node-1', 'node-2']).toContain(node)
    expect([holder(unitV4), holder(unitV6)]).toEqual([node, node])
    expect(addresses.map(({ unit, node: of }) => [unit, of])).toEqual([
      [unitV4, node],
      [unitV6, node],
    ])
  })

  it('moves both from a node whose Lease ends, each by one action [A4]', async () => {
    const { node: before = '' } = await scene.status('web')
    const mutations = cloud.mutations().length
    const start = performance.now()
    nodes.silence(before)
    try {
      const other = await until('both addresses to move', async () => {
        const [v4, v6] = [holder(unitV4), holder(unitV6)]
        return v4 === v6 && v4 !== before ? v4 : undefined
      })
      await recordMeasurement('api: DigitalOcean, from a 4 s Lease not renewed to both moved', secondsSince(start))
      expect(await scene.untilReady('web')).toMatchObject({ node: other })
      expect(cloud.mutations()).toHaveLength(mutations + 2)
    } finally {
      nodes.wake(before)
    }
  })

  it('puts a second address onto the other Droplet, and finds none for a third [A4]', async () => {
    const { node: taken } = await scene.status('web')
    for (const number of [1, 2]) cloud.addAddress({ unit: `45.55.1.${number}/32` })
    await scene.createFailoverIP('second', { addresses: ['45.55.1.1'] })
    const { node } = await scene.untilReady('second')
    expect([taken, node].toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(['node-1', 'node-2'])
    await scene.createFailoverIP('third', { addresses: ['45.55.1.2'] })
    await scene.untilReady('third', 'False', 'NoFitNode')
    expect(holder('45.55.1.2/32')).toBeUndefined()
  })

  it('unassigns at deletion with Release [A4]', async () => {
    await scene.patchFailoverIP('second', { spec: { deletionPolicy: 'Release' } })
    await scene.deleteFailoverIP('second')
    await scene.untilGone('second')
    expect(cloud.holding('45.55.1.1/32')).toEqual({ server: null, phase: 'settled' })
  })
})
