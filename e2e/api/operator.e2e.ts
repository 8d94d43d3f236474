import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, ipv4, ipv6, unitV4, unitV6, type FailoverScene } from '../harness/failover-scene.ts'
import { imitatedNode, imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import type { OperatorProcess } from '../harness/operator-process.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig, power } = apiUnderTest()
const servers = [1, 2, 3].map((number) => imitatedNode(number, 'fr-par-1')).concat(imitatedNode(4, 'fr-par-2'))
const inFirstZone = ['node-1', 'node-2', 'node-3']

// Its nodes are objects without kubelets, which the controllers of somebody else's cluster would clear away.
describe.skipIf(power === undefined)('the operator', () => {
  let scene: FailoverScene
  let nodes: ImitatedNodes
  let operator: OperatorProcess

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig, name: 'operator', servers })
    nodes = await imitateNodes(createApiClient(kubeconfig), servers)
    await scene.installCrds()
    await scene.createSecret('scaleway')
    await scene.createClass('scaleway', {}, { 'failover-ip.dev/is-default-class': 'true' })
    operator = await scene.start('replica')
    await operator.whenReady()
  })
  const movedFrom = (before: string) => {
    const [v4, v6] = [scene.holder(unitV4), scene.holder(unitV6)]
    return v4 === v6 && v4 !== before ? v4 : undefined
  }
  afterAll(async () => {
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })

  it('attaches an IPv4 address and an IPv6 prefix to one fit node, and kubectl can wait for it [A1]', async () => {
    scene.cloud.addIp({ unit: unitV4 })
    scene.cloud.addIp({ unit: unitV6 })
    const start = performance.now()
    await scene.createFailoverIP('web', { addresses: [ipv4, ipv6] })
    const waited = await scene.kubectl(['wait', '--for=condition=Ready', 'fip/web', '--timeout=20s'])
    await recordMeasurement('api: from creation to Ready', secondsSince(start))
    expect(waited).toContain('condition met')
    const { node, addresses } = await scene.status('web')
    expect(inFirstZone).toContain(node)
    expect([scene.holder(unitV4), scene.holder(unitV6)]).toEqual([node, node])
    expect(addresses.map(({ unit, node: holder }) => [unit, holder])).toEqual([
      [unitV4, node],
      [unitV6, node],
    ])
  })

  it('shows it in columns', async () => {
    const { node = '' } = await scene.status('web')
    const table = await scene.kubectl(['get', 'fip'])
    expect(table).toMatch(/^NAME +ADDRESSES +NODE +READY +REASON +SINCE +AGE\n/u)
    expect(table).toMatch(new RegExp(`^web +${ipv4},${ipv6} +${node} +True +Serving +\\d+s +\\d+s$`, 'mu'))
  })

  it('shows it in metrics, and tells of it in an Event', async () => {
    const { node = '' } = await scene.status('web')
    const labels = (address: string) => `namespace="${scene.namespace}",name="web",address="${address}",node="${node}"`
    const metrics = await operator.metrics()
    for (const address of [ipv4, ipv6]) expect(metrics).toContain(`failover_ip_info{${labels(address)}} 1\n`)
    expect(metrics).toContain(`failover_ip_ready{namespace="${scene.namespace}",name="web"} 1\n`)
    await until('the Event', async () => /Normal +Moved/u.test(await scene.kubectl(['describe', 'fip', 'web'])))
  })

  it('attaches an address in its own zone [A1]', async () => {
    scene.cloud.addIp({ unit: '51.15.129.41/32', zone: 'fr-par-2' })
    await scene.createFailoverIP('zoned', { addresses: ['51.15.129.41'] })
    expect(await scene.untilReady('zoned')).toMatchObject({ node: 'node-4' })
    expect(scene.holder('51.15.129.41/32')).toBe('node-4')
  })

  it('adopts an address where it is, without a change at the provider [A1]', async () => {
    const holder = servers[1]?.serverID ?? ''
    scene.cloud.addIp({ unit: '51.15.129.42/32', server: holder })
    const before = scene.cloud.mutations().length
    await scene.createFailoverIP('adopted', { addresses: ['51.15.129.42'] })
    expect(await scene.untilReady('adopted')).toMatchObject({ node: 'node-2', moves: 0 })
    expect(scene.cloud.mutations()).toHaveLength(before)
  })

  it('never takes an address from a server outside the cluster, unless it is told to [A1]', async () => {
    const foreign = scene.cloud.addServer({ name: 'of-somebody-else' })
    scene.cloud.addIp({ unit: '51.15.129.43/32', server: foreign.id })
    await scene.createFailoverIP('foreign', { addresses: ['51.15.129.43'] })
    await scene.untilReady('foreign', 'False', 'ForeignHolder')
    expect(scene.cloud.attachment('51.15.129.43/32')?.server).toBe(foreign.id)
    await scene.patchFailoverIP('foreign', { spec: { foreignHolder: 'TakeOver' } })
    const { node } = await scene.untilReady('foreign')
    expect(scene.holder('51.15.129.43/32')).toBe(node)
  })

  it('moves an address from a node whose Lease ends [A30]', async () => {
    const { node: before = '' } = await scene.status('web')
    const start = performance.now()
    nodes.silence(before)
    try {
      const other = await until('both units to move', async () => movedFrom(before), { interval: 50 })
      await recordMeasurement('api: from a 4 s Lease not renewed to both units moved', secondsSince(start))
      expect(await scene.untilReady('web')).toMatchObject({ node: other })
    } finally {
      nodes.wake(before)
    }
  })

  it('detaches the address at deletion with Release, and leaves it with Retain [A1] [A60]', async () => {
    await scene.patchFailoverIP('zoned', { spec: { deletionPolicy: 'Release' } })
    await scene.deleteFailoverIP('zoned')
    await scene.untilGone('zoned')
    expect(scene.cloud.attachment('51.15.129.41/32')).toEqual({ server: null, state: 'detached' })

    const { node: adoptedBy } = await scene.status('adopted')
    await scene.deleteFailoverIP('adopted')
    await scene.untilGone('adopted')
    expect(scene.holder('51.15.129.42/32')).toBe(adoptedBy)
    const names = async () => !/name="(zoned|adopted)"/u.test(await operator.metrics())
    await until('their series to vanish', names)
  })

  it('changes nothing with --dry-run, and shows what it would do [A72]', async () => {
    expect(await operator.stop()).toMatchObject({ code: 0 })
    scene.cloud.addIp({ unit: '51.15.129.44/32' })
    const before = scene.cloud.mutations().length
    const dry = await scene.start('dry-run', ['--dry-run'])
    await scene.createFailoverIP('dry', { addresses: ['51.15.129.44'] })
    const { plannedNode } = await scene.untilReady('dry', 'False', 'DryRun')
    expect(inFirstZone).toContain(plannedNode)
    const { node = '' } = await scene.status('web')
    await scene.kubectl(['cordon', node])
    try {
      await until('the plan for web', async () => (await scene.status('web')).plannedNode !== undefined)
      await dry.stop()
      expect(scene.cloud.mutations()).toHaveLength(before)
      expect(scene.holder(unitV4)).toBe(node)
    } finally {
      await scene.kubectl(['uncordon', node])
    }
  })
})
