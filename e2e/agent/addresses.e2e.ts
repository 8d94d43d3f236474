import { addressMetric } from '@failover-ip/agent'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import { until } from '../harness/until.ts'
import { anchors, client, createNodeInCloud, type NodeInCloud } from './node-in-cloud.ts'
import { type PlaneProcess, startPlane } from './plane-process.ts'
import { ask, serve } from './traffic-process.ts'
import { routed } from './wanted.ts'

const v4 = '203.0.113.50'
const v6 = '2001:db8:50::1'
const port = 7000

let scene: NodeInCloud
const plane = (options?: Parameters<typeof startPlane>[1]): PlaneProcess => startPlane(scene.node, options)

beforeAll(async () => {
  scene = await createNodeInCloud()
})
afterAll(async () => {
  await scene[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await using cleaner = plane()
  cleaner.want([])
  await cleaner.settled()
})

/** `ADDRESS/LENGTH DEVICE` of all addresses of the node that look like failover addresses, `*` where they bear our mark. */
async function carried(): Promise<readonly string[]> {
  const lines = (await scene.node.ip('-oneline address show')).split('\n')
  return lines.flatMap((line) => {
    const [, device, , address] = line.split(/\s+/)
    if (!/ (203\.0\.113|2001:db8:50:)/.test(line)) return []
    return `${line.includes(` metric ${addressMetric} `) ? '*' : ''}${address} ${device}`
  })
}

const untilCarried = async (...expected: readonly string[]): Promise<void> => {
  await until(
    `${expected.join(', ')} to be there`,
    async () => {
      const there = await carried()
      return there.toSorted().join() === expected.toSorted().join()
    },
    { interval: 10 },
  )
}

describe('an address that is wanted', () => {
  it('is on the interface of the default route, IPv4 and IPv6, and clients are answered from it', async () => {
    await using agent = plane()
    agent.want([routed(v4, 'holder'), routed(v6, 'holder')])
    expect((await agent.settled()).carried).toEqual([v4, v6])
    expect(await carried()).toEqual([`*${v4}/32 eth0`, `*${v6}/128 eth0`])
    for (const [from, to] of [
      [client.ipv4, v4],
      [client.ipv6, v6],
    ] as const) {
      await using _ = await serve(scene.node, 'serve', to, String(port), 'node')
      expect(await ask(scene.cloud, 'udp', { from, to, port })).toBe(`node heard ${from}`)
      expect(await ask(scene.cloud, 'tcp', { from, to, port })).toBe(`node heard ${from}`)
    }
  })

  it('may be a whole /64, without duplicate detection, and is never chosen as source by the kernel', async () => {
    await using agent = plane()
    const source = async (): Promise<string> =>
      / src (\S+)/.exec(await scene.node.ip('-6 route get 2001:db8:ffff::1'))?.[1] ?? 'none'
    const before = await source()
    agent.want([routed(v6, 'candidate', 64)])
    await agent.settled()
    expect(await carried()).toEqual([`*${v6}/64 eth0`])
    expect(await source()).toBe(before)
    expect(await scene.node.ip('-6 -oneline address show dev eth0 to 2001:db8:50::/48')).toMatch(/nodad deprecated/)
    agent.want([routed(v6, 'candidate', 128)])
    await agent.settled()
    expect(await carried()).toEqual([`*${v6}/128 eth0`])
  })

  it('is not what the node speaks as, also after its own address was removed and added', async () => {
    await using agent = plane()
    const source = async (): Promise<string> =>
      / src (\S+)/.exec(await scene.node.ip('route get 198.51.100.1'))?.[1] ?? 'none'
    // A gateway in no network of the node, as clouds have it; else the address in the gateway's network is taken.
    await scene.node.ip('route replace default via 198.18.0.1 dev eth0 onlink')
    agent.want([routed(v4, 'candidate')])
    await agent.settled()
    expect(await source()).toBe('192.0.2.10')
    const own = ['192.0.2.10/24', `${anchors.ipv4}/16`]
    for (const address of own) await scene.node.ip(`address delete ${address} dev eth0`)
    for (const address of own) await scene.node.ip(`address add ${address} dev eth0`)
    await until('the node to speak as itself', async () => (await source()) === '192.0.2.10', { deadline: 10_000 })
    expect(await carried()).toEqual([`*${v4}/32 eth0`])
    await scene.node.ip(`route replace default via ${client.ipv4}`)
  })

  it('goes to another device, and leaves when it is wanted no more', async () => {
    await using agent = plane()
    agent.want([routed(v4, 'holder')])
    await agent.settled()
    const elsewhere = { ...routed(v4, 'holder').plan, device: { rule: 'subnet', cidr: '10.244.0.0/24' } } as const
    agent.want([{ plan: elsewhere, role: 'holder' }])
    await agent.settled()
    expect(await carried()).toEqual([`*${v4}/32 cni0`])
    agent.want([])
    await agent.settled()
    expect(await carried()).toEqual([])
  })

  it('brings its routes and takes them along', async () => {
    await using agent = plane()
    const routes = [{ destination: '198.51.100.0/24', via: '198.18.0.1' }, { destination: '198.51.101.7/32' }]
    agent.want([{ plan: { ...routed(v4, 'holder').plan, routes }, role: 'holder' }])
    await agent.settled()
    const shown = async (): Promise<string> => await scene.node.ip('route show proto 74')
    expect(await shown()).toMatch(/198\.51\.100\.0\/24 via 198\.18\.0\.1 dev eth0 onlink[^]*198\.51\.101\.7 dev eth0/)
    await scene.node.ip('route delete 198.51.100.0/24')
    await until('the route to be back', async () => (await shown()).includes('198.51.100.0/24'))
    agent.want([routed(v4, 'holder')])
    await agent.settled()
    expect(await shown()).toBe('')
  })
})

it('stops at nothing that the kernel refuses, and says it', async () => {
  await using agent = plane()
  await scene.node.ip('route add 198.51.103.0/24 dev cni0')
  const routes = [{ destination: '198.51.103.0/24' }]
  agent.want([{ plan: { ...routed(v4, 'holder').plan, routes }, role: 'holder' }, routed(v6, 'holder')])
  const report = await until('a report', async () => agent.reports[0])
  expect(report).toMatchObject({ carried: [v6], problems: [{ address: v4, code: 'ChangeFailed' }] })
  expect(report.problems[0]?.message).toMatch(/ip route add 198\.51\.103\.0.*File exists/)
  expect(await carried()).toEqual([`*${v4}/32 eth0`, `*${v6}/128 eth0`])
  await scene.node.ip('route delete 198.51.103.0/24')
  await agent.settled()
})

describe('what is removed', () => {
  it('by hand is back', async () => {
    await using agent = plane()
    agent.want([routed(v4, 'candidate'), routed(v6, 'candidate')])
    await agent.settled()
    for (const address of [`${v4}/32`, `${v6}/128`]) {
      // The listener begins some time after the process.
      await until('the listener to hear', async () => {
        const start = performance.now()
        await scene.node.ip(`address delete ${address} dev eth0`)
        await untilCarried(`*${v4}/32 eth0`, `*${v6}/128 eth0`)
        await recordMeasurement(`agent: ${address} removed by hand, until it is back`, secondsSince(start))
        return secondsSince(start) < 25
      })
    }
  })

  it('with its link, down and up, is back', async () => {
    await using agent = plane()
    agent.want([routed(v4, 'candidate'), routed(v6, 'candidate')])
    await agent.settled()
    await scene.node.ip('link set eth0 down')
    expect(await carried()).not.toContain(`*${v6}/128 eth0`)
    await scene.node.ip('link set eth0 up')
    await scene.node.ip(`route add default via ${client.ipv4}`)
    await scene.node.ip('address add 2001:db8:1::10/64 dev eth0 nodad')
    await scene.node.ip('address add fd00:17::5/64 dev eth0 nodad')
    await scene.node.ip(`-6 route add default via ${client.ipv6}`)
    await untilCarried(`*${v4}/32 eth0`, `*${v6}/128 eth0`)
  })
})

describe('a stranger', () => {
  it('keeps its addresses, routes and tables, the very address that we want among them', async () => {
    await scene.node.ip(`address add ${v4}/32 dev eth0`)
    await scene.node.ip('address add 203.0.113.99/24 dev lo')
    await scene.node.ip('address add 2001:db8:50::99/64 dev lo nodad')
    await scene.node.ip('route add 198.51.102.0/24 dev eth0')
    await scene.node.run(['nft', 'add table inet stranger'])
    const seen = async (): Promise<readonly string[]> => [
      await scene.node.ip('-json address show'),
      await scene.node.ip('route show'),
      await scene.node.run(['nft', 'list', 'ruleset']),
    ]
    const before = await seen()
    await using agent = plane()
    agent.want([routed(v4, 'holder')])
    expect((await agent.settled()).carried).toEqual([v4])
    expect(await seen()).toEqual(before)
    agent.want([])
    await agent.settled()
    expect(await seen()).toEqual(before)

    agent.want([routed(v4, 'holder')])
    await agent.settled()
    await scene.node.ip(`address delete ${v4}/32 dev eth0`)
    await untilCarried(`*${v4}/32 eth0`, '203.0.113.99/24 lo', '2001:db8:50::99/64 lo')
    for (const address of ['203.0.113.99/24', '2001:db8:50::99/64'])
      await scene.node.ip(`address delete ${address} dev lo`)
    await scene.node.ip('route delete 198.51.102.0/24')
    await scene.node.run(['nft', 'delete table inet stranger'])
  })
})

describe('the agent’s own end', () => {
  const wanted = [routed(v4, 'holder'), routed('203.0.113.51', 'candidate'), routed(v6, 'holder')]
  const all = [`*${v4}/32 eth0`, '*203.0.113.51/32 eth0', `*${v6}/128 eth0`]

  it('leaves everything as it is, and its successor cleans up when it knows what is wanted, not before', async () => {
    const agent = plane()
    agent.want(wanted)
    await agent.settled()
    await agent.kill()
    expect(await carried()).toEqual(all)
    await using successor = plane()
    await scene.node.ip(`address delete ${v6}/128 dev eth0`)
    successor.want(wanted.slice(0, 1))
    await successor.settled()
    expect(await carried()).toEqual(all.slice(0, 1))
  })

  it('by a crash at each step is made good by its successor', async () => {
    for (const crashAfter of [0, 1, 2]) {
      await using agent = plane({ crashAfter })
      agent.want(wanted)
      await agent.ended
      expect(await carried()).toEqual(all.slice(0, crashAfter))
      await using successor = plane()
      successor.want(wanted)
      await successor.settled()
      expect(await carried()).toEqual(all)
      successor.want([])
      await successor.settled()
    }
  })

  it('while it removes, too', async () => {
    await using first = plane()
    first.want(wanted)
    await first.settled()
    await first.kill()
    await using agent = plane({ crashAfter: 1 })
    agent.want([])
    await agent.ended
    expect(await carried()).toEqual(all.slice(1))
    await using successor = plane()
    successor.want([])
    await successor.settled()
    expect(await carried()).toEqual([])
  })
})

it('carries a thousand addresses', async () => {
  await using agent = plane()
  const many = Array.from({ length: 1000 }, (_, index) =>
    routed(`203.0.${113 + Math.floor(index / 250)}.${(index % 250) + 1}`, 'candidate'),
  )
  agent.want([])
  await agent.settled()
  const start = performance.now()
  agent.want(many)
  expect((await agent.settled()).carried.length).toBe(1000)
  await recordMeasurement('agent: a thousand addresses wanted, until they are carried', secondsSince(start))
})
