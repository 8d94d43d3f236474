import { createNetcupEmulator, serveEmulator } from '@failover-ip/provider-testkit'
import { systemClock } from '@failover-ip/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, type FailoverScene } from '../harness/failover-scene.ts'
import { imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import type { OperatorProcess } from '../harness/operator-process.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const [ipv4, ipv6] = ['198.18.88.63', '2001:db8:a:20::1']
const [unitV4, unitV6] = [`${ipv4}/32`, '2001:db8:a:20::/64']
const [bySoap, unitBySoap] = ['198.18.88.70', '198.18.88.70/32']
const secretShape = z.object({ data: z.record(z.string(), z.string()) })

// Its nodes are objects without kubelets, which the controllers of somebody else's cluster would clear away.
describe.skipIf(power === undefined)('the operator for netcup', () => {
  const cloud = createNetcupEmulator({
    clock: systemClock(),
    latencyMs: 100,
    readLagSeconds: 0.5,
    course: { seconds: 2, end: 'done', effect: 'atEnd' },
    switches: { rotatesRefreshToken: true },
  })
  // The nodes are found by their addresses; the third is in another site.
  const servers = ['1', '1', '2'].map((location, index) => {
    const name = `node-${index + 1}`
    const { id } = cloud.addServer({ location, ipv4: `10.0.0.${index + 1}` })
    return { name, providerID: `k3s://${name}`, serverID: id, zone: '' }
  })
  const firstToken = cloud.login.refreshToken
  let scene: FailoverScene
  let nodes: ImitatedNodes
  let operator: OperatorProcess
  let served: Awaited<ReturnType<typeof serveEmulator>>
  const holder = (unit: string): string | undefined =>
    servers.find(({ serverID }) => serverID === cloud.holding(unit)?.server)?.name
  const keys = (values: Record<string, string>): Record<string, string | undefined> => ({
    SCW_ACCESS_KEY: undefined,
    SCW_SECRET_KEY: undefined,
    SCW_DEFAULT_PROJECT_ID: undefined,
    ...values,
  })
  const createClass = (name: string, parameters: object): Promise<void> =>
    scene.createClass(name, {
      controllerName: 'failover-ip.dev/netcup',
      credentialsSecretRef: { name },
      parameters: { apiUrl: served.url, ...parameters },
      addresses: ['198.18.88.0/24', '2001:db8:a::/48'],
    })

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig, name: 'netcup', servers: [], provider: 'netcup' })
    nodes = await imitateNodes(createApiClient(kubeconfig), servers)
    served = await serveEmulator(cloud.handle)
    await scene.installCrds()
    const { loginName, password } = cloud.account
    await scene.createSecret('netcup', keys({ refreshToken: firstToken }))
    await scene.createSecret('netcup-soap', keys({ loginName, password }))
    await createClass('netcup', {})
    await createClass('netcup-soap', { transport: 'soap' })
    operator = await scene.start('replica')
    await operator.whenReady()
  })
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
    await served?.close()
  })

  it('finds the servers by address and routes both addresses to one of their site [A3]', async () => {
    cloud.addUnit({ unit: unitV4 })
    cloud.addUnit({ unit: unitV6 })
    await scene.createFailoverIP('web', { className: 'netcup', addresses: [ipv4, ipv6] })
    const { node } = await scene.untilReady('web')
    expect(['node-1', 'node-2']).toContain(node)
    expect([holder(unitV4), holder(unitV6)]).toEqual([node, node])
  })

  it('keeps the refresh token that replaced the first one in the Secret, and prints neither [A60]', async () => {
    const { refreshToken } = cloud.login
    expect(refreshToken).not.toBe(firstToken)
    const path = `/api/v1/namespaces/${scene.operatorNamespace}/secrets/netcup`
    const { data } = await scene.api.get(path, secretShape)
    expect(data['refreshToken']).toBe(btoa(refreshToken))
    const log = await operator.log()
    expect(log).toContain('the Secret holds the new ones')
    for (const token of [firstToken, refreshToken]) expect(log).not.toContain(token)
  })

  it('moves both from a node whose Lease ends, each by one task [A3]', async () => {
    const { node: before = '' } = await scene.status('web')
    const mutations = cloud.mutations().length
    const start = performance.now()
    nodes.silence(before)
    try {
      const other = await until('both addresses to move', async () => {
        const [v4, v6] = [holder(unitV4), holder(unitV6)]
        return v4 === v6 && v4 !== before ? v4 : undefined
      })
      await recordMeasurement('api: netcup, from a 4 s Lease not renewed to both tasks done (2 s)', secondsSince(start))
      expect(await scene.untilReady('web')).toMatchObject({ node: other })
      expect(cloud.mutations()).toHaveLength(mutations + 2)
    } finally {
      nodes.wake(before)
    }
  })

  it('lets go at deletion with Release, and says that REST cannot take an address from its server [A60]', async () => {
    const kept = holder(unitV4)
    await scene.patchFailoverIP('web', { spec: { deletionPolicy: 'Release' } })
    await scene.deleteFailoverIP('web')
    await scene.untilGone('web')
    expect(holder(unitV4)).toBe(kept)
    await until('the Event', async () => (await scene.kubectl(['get', 'events'])).includes('ReleaseUnsupported'))
  })

  it('adopts an address by SOAP, and takes it from its server at deletion with Release [A3]', async () => {
    // Not at the node that has just come back, which need not be found well yet.
    const kept = holder(unitV4)
    const server = servers.find(({ name }) => name === kept)?.serverID ?? ''
    cloud.addUnit({ unit: unitBySoap, server })
    await scene.createFailoverIP('soap', { className: 'netcup-soap', addresses: [bySoap], deletionPolicy: 'Release' })
    expect(await scene.untilReady('soap')).toMatchObject({ node: kept, moves: 0 })
    await scene.deleteFailoverIP('soap')
    await scene.untilGone('soap')
    expect(cloud.holding(unitBySoap)?.server).toBeNull()
    expect(await operator.log()).not.toContain(cloud.account.password)
  })
})
