import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createFailoverScene, ipv4, ipv6, unitV4, unitV6, type FailoverScene } from '../harness/failover-scene.ts'
import { recordMeasurement } from '../harness/measurements.ts'
import { clusterUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'
import { startFabric, type Fabric } from './fabric.ts'
import './global-setup.ts'
import { targetsOf } from './targets.ts'
import { servers, startAnsweredTraffic, startTraffic } from './traffic.ts'
import { createWorkload, publish, services } from './workload.ts'

const cluster = clusterUnderTest()
const names = cluster.nodes.map(({ name }) => name)
/** As `cluster/node.sh` chooses. */
const nodeOfMode = { nftables: 'n1', iptables: 'n2' } as const
const modes = ['nftables', 'iptables'] as const
const families = [4, 6] as const

describe('an operator alone, on nodes that nobody configures', () => {
  let scene: FailoverScene
  let fabric: Fabric

  beforeAll(async () => {
    scene = await createFailoverScene({ kubeconfig: cluster.kubeconfig, name: 'manual', servers: cluster.nodes })
    await scene.prepare({ nodeConfiguration: 'Manual' })
    const operator = await scene.start('replica')
    await Promise.all([operator.whenReady(), createWorkload(scene.api, scene.namespace, names.length)])
    await scene.createFailoverIP('web', { className: 'scaleway', addresses: [ipv4, ipv6] })
    await scene.untilReady('web')
    fabric = await startFabric({ units: [unitV4, unitV6], nodes: cluster.nodes, holder: (unit) => scene.holder(unit) })
  })
  afterAll(async () => {
    await fabric?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
  })

  const moveTo = async (node: string): Promise<void> => {
    await scene.patchFailoverIP('web', { spec: { nodeSelector: { 'kubernetes.io/hostname': node } } })
    await until('the move', async () => scene.holder(unitV4) === node && scene.holder(unitV6) === node)
    expect(await scene.untilReady('web')).toMatchObject({ node })
  }
  const publishBoth = async (ipMode: 'VIP' | 'Proxy'): Promise<void> => {
    for (const name of Object.values(services)) await publish(scene.api, scene.namespace, name, [ipv4, ipv6], ipMode)
  }
  /** How many packets for the failover addresses nodes have sent back to the router. */
  const sentBack = async (family: 4 | 6): Promise<number> => {
    const chain = await cluster.router(['nft', 'list', 'chain', 'inet', 'fip', 'forward'])
    const rule = new RegExp(`${family === 4 ? 'ip' : 'ip6'} saddr .* packets (\\d+)`)
    return Number(rule.exec(chain)?.[1])
  }
  const addressesOf = async (node: string): Promise<string> => await cluster.exec(node, ['ip', '-oneline', 'address'])

  describe.each(modes)('with kube-proxy in %s mode', (mode) => {
    const node = nodeOfMode[mode]
    beforeAll(async () => {
      expect(await cluster.exec(node, ['curl', '-s', 'http://127.0.0.1:10249/proxyMode'])).toBe(mode)
      await moveTo(node)
    })

    it.each(families)(
      'serves Services of both policies at ipMode VIP, IPv%i, although no interface has it',
      async (v) => {
        await publishBoth('VIP')
        await using traffic = await startAnsweredTraffic(
          inject('programs').traffic,
          targetsOf(['local', 'cluster'], ipv4, ipv6),
        )
        await traffic.untilServedBy(node, [`local${v}`])
        const balanced = async (): Promise<boolean> => servers(await traffic.of(`cluster${v}`)).length === names.length
        await until('pods of all nodes to answer', balanced)
        expect(servers(await traffic.of(`local${v}`))).toEqual([node])
        for (const each of names) expect(await addressesOf(each)).not.toContain(v === 4 ? ipv4 : ipv6)
      },
    )

    it.each(families)('sends packets back at ipMode Proxy, IPv%i', async (v) => {
      await publishBoth('Proxy')
      const nobodyAnswers = async (): Promise<boolean> => {
        // A flow that was translated stays so for as long as it lasts: each look is by new ones.
        await using traffic = await startTraffic(
          inject('programs').traffic,
          targetsOf(['local', 'cluster'], ipv4, ipv6),
        )
        const before = await sentBack(v)
        await until('packets to come back', async () => (await sentBack(v)) > before + 1_000, { interval: 20 })
        const seen = await traffic.look()
        return [seen.get(`local${v}`), seen.get(`cluster${v}`)].every(
          (of) => of !== undefined && servers(of).length === 0,
        )
      }
      // kube-proxy tries again after 30 s when it could not write its rules.
      await until('nobody to answer', nobodyAnswers, { deadline: 60_000 })
    })

    it.each(families)('reaches a pod with the node’s network only when the node has the address, IPv%i', async (v) => {
      await using traffic = await startTraffic(inject('programs').traffic, targetsOf(['host'], ipv4, ipv6))
      const before = await sentBack(v)
      await until('packets to come back', async () => (await sentBack(v)) > before + 1_000, { interval: 20 })
      expect(servers(await traffic.of(`host${v}`))).toEqual([])
      const address = v === 4 ? `${ipv4}/32` : `${ipv6}/128`
      await cluster.exec(node, ['ip', 'address', 'add', address, 'dev', 'lo'])
      try {
        await traffic.untilServedBy(node, [`host${v}`])
      } finally {
        await cluster.exec(node, ['ip', 'address', 'delete', address, 'dev', 'lo'])
      }
    })
  })

  it('moves a Service from a cordoned node to another one', async () => {
    await publishBoth('VIP')
    await scene.patchFailoverIP('web', { spec: { nodeSelector: null } })
    const { node: from = '' } = await scene.untilReady('web')
    await using traffic = await startAnsweredTraffic(inject('programs').traffic, targetsOf(['local'], ipv4, ipv6))
    const targets = ['local4', 'local6']
    await traffic.untilServedBy(from, targets)
    await traffic.reset()
    await scene.kubectl(['cordon', from])
    try {
      await until('the move', async () => ![from, undefined].includes(scene.holder(unitV4)))
      const { node: to = '' } = await scene.untilReady('web')
      await traffic.untilServedBy(to, targets)
      for (const name of targets) {
        const seen = await traffic.of(name)
        expect(servers(seen)).toEqual([from, to].toSorted((a, b) => a.localeCompare(b)))
        await recordMeasurement(`failover: cordon, operator alone, ${name}, silence`, seen.gapMs / 1000)
      }
    } finally {
      await scene.kubectl(['uncordon', from])
    }
  })
})
