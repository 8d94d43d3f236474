import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import { until } from '../harness/until.ts'
import { anchors, client, createNodeInCloud, type NodeInCloud, podAddress } from './node-in-cloud.ts'
import { type PlaneProcess, startPlane } from './plane-process.ts'
import { ask, serve } from './traffic-process.ts'
import { anchored } from './wanted.ts'

const v4 = '203.0.113.60'
const v6 = '2001:db8:50::60'
const port = 7001
const both = [anchored(v4, 'holder', 0), anchored(v6, 'holder', 1)]

let scene: NodeInCloud
let agent: PlaneProcess
const resources: AsyncDisposable[] = []

beforeAll(async () => {
  scene = await createNodeInCloud()
  resources.push(await serve(scene.cloud, 'metadata', anchors.ipv4, anchors.ipv6, '<html>'))
})
afterAll(async () => {
  for (const resource of resources) await resource[Symbol.asyncDispose]()
  await scene[Symbol.asyncDispose]()
})
beforeEach(async () => {
  agent = startPlane(scene.node)
  agent.want([])
  await agent.settled()
  return async () => await agent.kill()
})

/** Packets arrive at the node for its anchor, as the cloud sends them. */
const atAnchor = async (transport: 'udp' | 'tcp', family: 'ipv4' | 'ipv6'): Promise<string> =>
  await ask(scene.cloud, transport, { from: client[family], to: anchors[family], port })

const table = async (): Promise<string> => await scene.node.run(['nft', 'list', 'ruleset'])

it.each([
  ['ipv4', v4],
  ['ipv6', v6],
] as const)('moves packets from the anchor to the address and their answers back, %s', async (family, address) => {
  agent.want(both)
  expect((await agent.settled()).carried).toEqual([v4, v6])
  await using _ = await serve(scene.node, 'serve', address, String(port), 'node')
  expect(await atAnchor('udp', family)).toBe(`node heard ${client[family]}`)
  expect(await atAnchor('tcp', family)).toBe(`node heard ${client[family]}`)

  // The holder alone: as a candidate the node carries the address, and the anchor is an address like others.
  agent.want([anchored(v4, 'candidate', 0), anchored(v6, 'candidate', 1)])
  await agent.settled()
  expect(await atAnchor('tcp', family)).toMatch(/ECONNREFUSED/)
  expect(await table()).toBe('')
})

it('leaves the one translation of a connection to kube-proxy, which finds the pod', async () => {
  await using _ = await serve(scene.pod, 'serve', podAddress, String(port), 'pod')
  const service = `table ip kube-proxy {
    chain prerouting { type nat hook prerouting priority dstnat; ip daddr ${v4} meta l4proto { tcp, udp } th dport ${port} dnat to ${podAddress}; }
  }`
  await scene.node.run(['nft', '-f', '-'], { input: service })
  agent.want(both)
  await agent.settled()
  expect(await atAnchor('udp', 'ipv4')).toBe(`pod heard ${client.ipv4}`)
  expect(await atAnchor('tcp', 'ipv4')).toBe(`pod heard ${client.ipv4}`)
  await scene.node.run(['nft', 'delete table ip kube-proxy'])
})

it('answers a pod of this node that dials the address from the address', async () => {
  agent.want(both)
  await agent.settled()
  await using _ = await serve(scene.node, 'serve', v4, String(port), 'node')
  expect(await ask(scene.pod, 'udp', { from: podAddress, to: v4, port })).toBe(`node heard ${podAddress}`)
})

it('is whole again after somebody has removed a part of it, and its table goes with it', async () => {
  agent.want(both)
  await agent.settled()
  const whole = await table()
  await scene.node.run(['nft', 'delete element inet failover-ip outward_ipv4 { "eth0" . 203.0.113.60 }'])
  expect(await table()).not.toBe(whole)
  agent.want(both)
  await agent.settled()
  expect(await table()).toBe(whole)
  await scene.node.run(['nft', 'flush chain inet failover-ip postrouting'])
  agent.want(both)
  await agent.settled()
  expect(await table()).toBe(whole)
  const changes = agent.reports.flatMap((report) => report.changes).filter(({ kind }) => kind === 'setTranslations')
  expect(changes.length).toBeLessThan(6) // the kernel's own listing is recognised, so nothing is written again and again
  agent.want([])
  await agent.settled()
  expect(await table()).toBe('')
})

it('stays over a crash, and over a restart during which the metadata is away', async () => {
  agent.want(both)
  await agent.settled()
  const whole = await table()
  await agent.kill()
  expect(await table()).toBe(whole)
  const [metadata] = resources.splice(0)
  await metadata?.[Symbol.asyncDispose]()
  try {
    agent = startPlane(scene.node)
    agent.want(both)
    const report = await until('a report', async () => agent.reports[0])
    expect(report.problems.map(({ code }) => code)).toEqual(['AnchorUnknown', 'AnchorUnknown'])
    expect(await table()).toBe(whole)
    await using _ = await serve(scene.node, 'serve', v4, String(port), 'node')
    expect(await atAnchor('udp', 'ipv4')).toBe(`node heard ${client.ipv4}`)
  } finally {
    resources.push(await serve(scene.cloud, 'metadata', anchors.ipv4, anchors.ipv6, '<html>'))
  }
  await agent.settled()
})

it('is at once there when a candidate becomes the holder', async () => {
  agent.want([anchored(v4, 'candidate', 0)])
  await agent.settled()
  const start = performance.now()
  agent.want([anchored(v4, 'holder', 0)])
  expect((await agent.settled()).carried).toEqual([v4])
  await recordMeasurement('agent: candidate becomes holder, until its packets are translated', secondsSince(start))
})

it('says why it cannot be, and what else is wanted is there', async () => {
  agent.want([anchored(v4, 'holder', 2), anchored('203.0.113.61', 'holder', 0)])
  const report = await until('the other one', async () =>
    agent.reports.find(({ carried }) => carried.includes('203.0.113.61')),
  )
  expect(report.problems).toMatchObject([{ address: v4, code: 'AnchorUnknown' }])
})
