import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { addressMetric } from '@failover-ip/agent'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recordMeasurement, secondsSince } from '../harness/measurements.ts'
import { until } from '../harness/until.ts'
import { type AgentProcess, startAgent } from './agent-process.ts'
import { type ClusterInNode, nodeName, probeKey, startClusterInNode } from './cluster-in-node.ts'
import { client, createNodeInCloud, type NodeInCloud } from './node-in-cloud.ts'
import { ask, serve } from './traffic-process.ts'

const held = '203.0.113.70'
const standby = '2001:db8:50::70'
const foreign = '203.0.113.99'
const port = 7002
/** Two agents of one node share its ports. */
const quiet = ['--metrics-bind-address=0', '--health-probe-bind-address=0']

let scene: NodeInCloud
let cluster: ClusterInNode
let agents: AgentProcess[]

beforeAll(async () => {
  scene = await createNodeInCloud()
  await scene.node.ip(`address add ${foreign}/32 dev eth0`)
})
afterAll(async () => {
  await scene[Symbol.asyncDispose]()
})
beforeEach(async () => {
  agents = []
  cluster = await startClusterInNode(scene.node)
  await cluster.publish(held, nodeName, ['node-2', 'node-3'])
  await cluster.publish(standby, 'node-2', [nodeName])
})
afterEach(async () => {
  for (const agent of agents) await agent[Symbol.asyncDispose]()
  await cluster[Symbol.asyncDispose]()
  for (const line of await ourLines()) {
    const [, device, , address] = line.split(/\s+/)
    await scene.node.ip(`address delete ${address} dev ${device}`)
  }
})

function start(flags: readonly string[] = quiet): AgentProcess {
  const agent = startAgent(scene.node, cluster.kubeconfig, flags)
  agents.push(agent)
  return agent
}
const ourLines = async (): Promise<readonly string[]> =>
  (await scene.node.ip('-oneline address show'))
    .split('\n')
    .filter((line) => line.includes(` metric ${addressMetric} `))
const carried = async (): Promise<readonly string[]> =>
  (await ourLines()).map((line) => line.split(/\s+/)[3]?.split('/')[0] ?? '').toSorted()
const both = [standby, held]
const untilOnNode = async (...addresses: readonly string[]): Promise<void> =>
  void (await until(
    `${addresses.join(', ')} on the node`,
    async () => (await carried()).join() === addresses.toSorted().join(),
    { interval: 20 },
  ))

/** Tells which addresses have left the node's interfaces since. */
async function watchDepartures(): Promise<{ left(): Promise<readonly string[]> } & Disposable> {
  const [nsenter, ...argv] = scene.node.inside('ip', '-oneline', 'monitor', 'address')
  const monitor = spawn(nsenter, argv, { stdio: ['ignore', 'pipe', 'inherit'] })
  const left: string[] = []
  let mark = 0
  let heard = 0
  createInterface({ input: monitor.stdout }).on('line', (line) => {
    const marked = /198\.18\.99\.(\d+)/.exec(line)?.[1]
    if (marked !== undefined) heard = Number(marked)
    else if (line.startsWith('Deleted')) left.push(line)
  })
  // It says nothing when it has begun, and is read late: a mark is made until it is heard, and with it all before.
  const heardUntilNow = async (): Promise<void> => {
    mark += 1
    await until('the monitor to hear', async () => {
      await scene.node.ip(`address add 198.18.99.${mark}/32 dev lo`)
      await scene.node.ip(`address delete 198.18.99.${mark}/32 dev lo`)
      return heard === mark
    })
  }
  await heardUntilNow()
  return {
    left: async () => {
      await heardUntilNow()
      return left
    },
    [Symbol.dispose]: () => void monitor.kill('SIGKILL'),
  }
}

describe('the agent', () => {
  it('puts on the node what FailoverIPs ask of it, serves it, and says so', async () => {
    start([])
    await cluster.untilCarried(...both)
    expect(await carried()).toEqual(both.toSorted())
    expect(await cluster.status()).toMatchObject({
      addresses: [
        { address: standby, role: 'candidate', epoch: 7 },
        { address: held, role: 'holder', epoch: 7 },
      ],
      conditions: [{ type: 'FastDetection', status: 'False', reason: 'ProbePathUnproven' }],
    })
    expect((await cluster.status())?.interfaces?.map(({ name }) => name)).toEqual(['eth0', 'cni0'])
    await using _ = await serve(scene.node, 'serve', held, String(port), 'node')
    expect(await ask(scene.cloud, 'tcp', { from: client.ipv4, to: held, port })).toBe(`node heard ${client.ipv4}`)
    const metrics = await scene.node.run([process.execPath, '--eval', fetchText('http://127.0.0.1:8082/metrics')])
    expect(metrics).toContain('failover_ip_agent_addresses{state="carried"} 2')
    expect(await scene.node.run([process.execPath, '--eval', fetchText('http://127.0.0.1:8083/readyz')])).toBe('ok\n')
  })

  it('follows a move away and back, and leaves what is not its own alone', async () => {
    start()
    await cluster.untilCarried(...both)
    await cluster.publish(held, 'node-2', [])
    await untilOnNode(standby)
    const began = performance.now()
    await cluster.publish(held, nodeName, [])
    await untilOnNode(...both)
    await recordMeasurement('agent: status written, until the address is on the interface', secondsSince(began))
    await cluster.remove(held)
    await cluster.remove(standby)
    await untilOnNode()
    expect(await scene.node.ip('-oneline address show dev eth0')).toContain(`${foreign}/32`)
  })

  it('puts back what is removed by hand', async () => {
    const agent = start()
    await cluster.untilCarried(...both)
    await scene.node.ip(`address delete ${held}/32 dev eth0`)
    await untilOnNode(...both)
    const additions = () => agent.log.filter((line) => line.includes(`address add ${held}/32`)).length
    await until('it to say so', async () => additions() >= 2)
    expect(additions()).toBe(2)
  })
})

const fetchText = (url: string): string => `fetch('${url}').then((r) => r.text()).then((t) => process.stdout.write(t))`

it('says that its death would be noticed, once it has the key and answers an operator', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'failover-ip-key-'))
  try {
    start([...quiet, `--probe-key-dir=${folder}`])
    await cluster.untilCarried(...both)
    const detection = async () => (await cluster.status())?.conditions?.find(({ type }) => type === 'FastDetection')
    expect(await detection()).toMatchObject({ status: 'False', message: 'This agent has no usable probe key.' })
    await writeFile(join(folder, 'current'), probeKey)
    await until('the condition to be True', async () => (await detection())?.status === 'True')
  } finally {
    await rm(folder, { recursive: true })
  }
})

describe('no address leaves the node', () => {
  it('when the agent is killed or hangs, and its successor takes off what is asked for no more [A33]', async () => {
    const agent = start()
    await cluster.untilCarried(...both)
    using departures = await watchDepartures()
    await using _ = await serve(scene.node, 'serve', held, String(port), 'node')
    agent.signal('SIGSTOP')
    expect(await ask(scene.cloud, 'udp', { from: client.ipv4, to: held, port })).toBe(`node heard ${client.ipv4}`)
    agent.signal('SIGCONT')
    await agent.end('SIGKILL')
    expect(await ask(scene.cloud, 'udp', { from: client.ipv4, to: held, port })).toBe(`node heard ${client.ipv4}`)
    expect(await departures.left()).toEqual([])
    await cluster.remove(standby)
    start()
    await cluster.untilCarried(held)
    expect(await carried()).toEqual([held])
    expect(await departures.left()).toHaveLength(1)
  })

  it('when the agent is told to end, or two versions of it run at once in an upgrade [A33]', async () => {
    const old = start()
    await cluster.untilCarried(...both)
    using departures = await watchDepartures()
    const young = start()
    await until('the young agent to know the cluster', async () => young.log.length > 1 || undefined)
    expect(await old.end('SIGTERM')).toBe(0)
    expect(old.log.at(-1)).toContain('what this node carries stays')
    await cluster.publish('203.0.113.71', nodeName)
    await untilOnNode(...both, '203.0.113.71')
    expect(await departures.left()).toEqual([])
  })

  it('when the API server hangs or is gone, and what is removed by hand comes back all the same', async () => {
    const agent = start()
    await cluster.untilCarried(...both)
    using departures = await watchDepartures()
    cluster.pause()
    await scene.node.ip(`address delete ${held}/32 dev eth0`)
    await untilOnNode(...both)
    await cluster.kill()
    await until('the agent to miss it', async () => agent.log.some((line) => line.includes('cannot be reached')))
    await scene.node.ip(`address delete ${held}/32 dev eth0`)
    await untilOnNode(...both)
    expect(await departures.left()).toHaveLength(2)

    await agent.end('SIGKILL')
    const successor = start()
    await until('it to look for the API server', async () =>
      successor.log.some((line) => line.includes('cannot be reached')),
    )
    expect(await carried()).toEqual(both.toSorted())
    expect(await departures.left()).toHaveLength(2)
  })
})

it('is on the node again after a reboot that nobody noticed [A39]', async () => {
  const agent = start()
  await cluster.untilCarried(...both)
  // What a boot leaves of the network: the agent is gone, and so is all that it added.
  await agent.end('SIGKILL')
  for (const address of [`${held}/32`, `${standby}/128`]) await scene.node.ip(`address delete ${address} dev eth0`)
  start()
  await untilOnNode(...both)
  await using _ = await serve(scene.node, 'serve', held, String(port), 'node')
  expect(await ask(scene.cloud, 'tcp', { from: client.ipv4, to: held, port })).toBe(`node heard ${client.ipv4}`)
})
