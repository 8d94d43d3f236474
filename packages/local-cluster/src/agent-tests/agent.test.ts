import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineAgent, type AgentPorts } from '@failover-ip/agent'
import { createModelNetwork, plainNode, type ModelNetwork } from '@failover-ip/agent/testing'
import type { ProbeTarget } from '@failover-ip/core'
import {
  createKubernetesClient,
  failoverIPResource,
  failoverNodeResource,
  namespaceResource,
  nodeResource,
  parseFailoverNode,
  type KubernetesClient,
  type KubernetesObject,
  type KubernetesRequest,
  type ResourceType,
} from '@failover-ip/kubernetes'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import type { ProbeAgentOptions } from '@failover-ip/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createApiServer, type ApiServer } from '../api/api-server.ts'
import { withFaults, type FaultyTransport } from '../api/faults.ts'
import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'
import { pseudoRandom } from '../operator-cluster/pseudo-random.ts'

const node = 'node-1'
const { signal } = new AbortController()
const minute = 60_000

/** A running agent, and what can be seen of it. */
interface RunningAgent {
  readonly log: string[]
  readonly network: ModelNetwork
  readonly way: FaultyTransport
  /** What the agent sent that is no read. */
  readonly writes: KubernetesRequest[]
  /** Set while it answers probes. */
  probing: ProbeAgentOptions | undefined
  watched: readonly ProbeTarget[]
  get(path: string): { readonly status: number; readonly body: string }
  /** SIGTERM, whose work needs no time to pass. Resolves with the exit code. */
  stop(): Promise<number>
}

let clock: VirtualClock
let api: ApiServer
let client: KubernetesClient
let keys: string
let agents: RunningAgent[]
let network: ModelNetwork

beforeEach(async () => {
  clock = createVirtualClock()
  api = createApiServer({ resources: failoverIPResources(), clock, random: pseudoRandom() })
  client = createKubernetesClient({ transport: api.transport, clock })
  network = createModelNetwork(plainNode)
  agents = []
  keys = await mkdtemp(join(tmpdir(), 'failover-ip-key-'))
  await writeFile(join(keys, 'current'), new Uint8Array(32).fill(1))
  await create(namespaceResource, { name: 'ingress' })
  for (const name of [node, 'node-2', 'node-3']) {
    const address = `10.0.0.${name.slice(-1)}`
    await create(nodeResource, { name }, { status: { addresses: [{ type: 'InternalIP', address }] } })
  }
})
afterEach(async () => {
  for (const agent of agents) await agent.stop()
  expect(clock.sleepers).toBe(0)
  await rm(keys, { recursive: true })
})

const create = async (type: ResourceType, metadata: object, more: object = {}): Promise<KubernetesObject> =>
  await client.create(type, { metadata, ...more }, { signal })

interface StartOptions {
  readonly change?: Partial<AgentPorts>
  /** The API server does not answer yet. */
  readonly away?: boolean
  readonly hasKey?: boolean
}

function start({ change = {}, away = false, hasKey = true }: StartOptions = {}): RunningAgent {
  const faulty = withFaults(api.transport, clock)
  if (away) faulty.inject({ action: { type: 'refuse' } })
  const writes: KubernetesRequest[] = []
  const endpoints: Record<string, () => { readonly status: number; readonly body: string }> = {}
  let onSignal: (name: string) => void = () => undefined
  const agent: RunningAgent = {
    log: [],
    network,
    way: faulty,
    writes,
    probing: undefined,
    watched: [],
    get: (path) => endpoints[path]?.() ?? { status: 404, body: '' },
    stop: async () => {
      onSignal('SIGTERM')
      return await code
    },
  }
  const program = defineAgent({
    clock,
    random: () => 0.5,
    network,
    askMetadata: () => Promise.reject(new Error('no metadata here')),
    readBootID: () => Promise.resolve('boot-1'),
    startProbeAgent: (options) => {
      agent.probing = options
      return Promise.resolve({
        addresses: [],
        watch: (targets) => void (agent.watched = targets),
        counts: () => ({ sent: 3, received: 5, unsent: 0, troubles: 0, dropped: { replayed: 2 } }),
        close: () => Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      })
    },
    connect: () => {
      const transport: typeof api.transport = {
        request: (request) => {
          if (request.method !== 'GET') writes.push(request)
          return faulty.request(request)
        },
      }
      return Promise.resolve({ transport, server: 'https://10.0.0.1', namespace: undefined, close: () => undefined })
    },
    serve: (_, served) => {
      Object.assign(endpoints, served)
      return Promise.resolve({ port: 0, close: () => Promise.resolve() })
    },
    output: { write: (line) => void agent.log.push(line) },
    errorOutput: { write: (line) => void agent.log.push(line) },
    process: {
      argv: [],
      environment: { FAILOVER_IP_NODE_NAME: node, ...(hasKey ? { FAILOVER_IP_PROBE_KEY_DIR: keys } : {}) },
      onStop: (handler) => {
        onSignal = handler
        return () => (onSignal = () => undefined)
      },
      setExitCode: () => undefined,
      exit: () => undefined,
    },
    ...change,
  })
  const code = program.run()
  agents.push(agent)
  return agent
}

const nodePlan = {
  carriedBy: 'Candidates',
  prefixLength: 32,
  device: { rule: 'defaultRoute', family: 'ipv4' },
  scope: 'global',
  announce: 'none',
}
const web = '203.0.113.50'

/** A FailoverIP as its operator leaves it. */
async function publish(name: string, address: string, status: object, ofAddress: object = {}): Promise<void> {
  const names = { namespace: 'ingress', name }
  const found = await client.get(failoverIPResource, names, { signal }).catch(() => undefined)
  const { metadata } = found ?? (await create(failoverIPResource, names, { spec: { addresses: [address] } }))
  const addresses = [{ address, unit: `${address}/32`, epoch: 7, nodePlan, ...ofAddress }]
  await client.updateStatus(failoverIPResource, { metadata, status: { addresses, ...status } }, { signal })
}
const held = (): Promise<void> => publish('web', web, { node, standbys: ['node-2', 'node-3'] }, { node })

const ours = (): readonly string[] =>
  network.state.addresses.filter((entry) => entry.ours).map(({ address, device }) => `${address} ${device}`)
const addOurs = (address: string): void => {
  const entry = { device: 'eth0', address, prefixLength: 32, scope: 'global', ours: true, settled: true }
  network.alter({ ...network.state, addresses: [...network.state.addresses, entry] }, '2: eth0    inet')
}
const failoverNode = async (): Promise<KubernetesObject | undefined> =>
  await client.get(failoverNodeResource, { name: node }, { signal }).catch(() => undefined)
const status = async (): Promise<unknown> => {
  const parsed = parseFailoverNode((await failoverNode()) ?? expect.fail('there is no FailoverNode'))
  return parsed.ok ? parsed.value.status : expect.fail(parsed.problem.message)
}

describe('what is asked of a node', () => {
  it('is on it, as holder and as candidate, and its FailoverNode says so', async () => {
    await held()
    await publish('api', '203.0.113.51', { node: 'node-2', standbys: ['node-3', node] }, { node: 'node-2', epoch: 9 })
    await publish('far', '203.0.113.52', { node: 'node-2', standbys: ['node-3'] }, { node: 'node-2' })
    const agent = start()
    await clock.advance(3000)
    expect(ours()).toEqual([`${web} eth0`, '203.0.113.51 eth0'])
    expect(await status()).toMatchObject({
      bootID: 'boot-1',
      interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01' }],
      addresses: [
        { address: web, epoch: 7, role: 'holder', carried: true },
        { address: '203.0.113.51', epoch: 9, role: 'candidate', carried: true },
      ],
    })
    const { uid } = (await client.get(nodeResource, { name: node }, { signal })).metadata
    expect((await failoverNode())?.metadata.ownerReferences).toEqual([
      { apiVersion: 'v1', kind: 'Node', name: node, uid },
    ])
    expect(agent.get('/readyz').status).toBe(200)
    expect(agent.get('/metrics').body).toMatch(
      /failover_ip_agent_addresses\{state="carried"\} 2\n.*"failed"\} 0\n.*"left"\} 0/,
    )
  })

  it('is prepared before the packets come, by the intent: that the move is done needs no write here', async () => {
    await publish('web', web, { node: 'node-2', standbys: ['node-3'] }, { node: 'node-2' })
    const agent = start()
    await clock.advance(3000)
    expect(ours()).toEqual([])
    const time = new Date(clock.now()).toISOString()
    const to = { id: '1', location: 'fr-par-1' }
    const operation = {
      id: 'x',
      kind: 'assign',
      epoch: 8,
      reason: 'NodeDead',
      to,
      toNode: node,
      startedAt: time,
      callTimeoutSeconds: 5,
    }
    await publish('web', web, { node: 'node-2' }, { node: 'node-2', epoch: 8, operation })
    await clock.advance(1000)
    expect(ours()).toEqual([`${web} eth0`])
    expect(await status()).toMatchObject({ addresses: [{ address: web, epoch: 8, role: 'holder', carried: true }] })
    agent.writes.length = 0
    await publish('web', web, { node }, { node, epoch: 8 })
    await clock.advance(minute)
    expect(ours()).toEqual([`${web} eth0`])
    expect(agent.writes).toEqual([])
  })

  it('is taken off when it is asked for no more, and when its FailoverIP is gone', async () => {
    await held()
    await publish('api', '203.0.113.51', { node }, { node })
    start()
    await clock.advance(3000)
    await publish('web', web, { node: 'node-2' }, { node: 'node-2' })
    await clock.advance(1000)
    expect(ours()).toEqual(['203.0.113.51 eth0'])
    await client.delete(failoverIPResource, { namespace: 'ingress', name: 'api' }, { signal })
    await clock.advance(3000)
    expect(ours()).toEqual([])
    expect(await status()).toMatchObject({ addresses: [] })
  })

  it('is said with the reason when it cannot be', async () => {
    await publish('web', web, { node }, { node, nodePlan: { ...nodePlan, device: { rule: 'name', name: 'eth7' } } })
    const agent = start()
    await clock.advance(3000)
    expect(await status()).toMatchObject({ addresses: [{ address: web, carried: false, reason: 'DeviceNotFound' }] })
    expect(agent.get('/metrics').body).toContain('failover_ip_agent_addresses{state="failed"} 1')
    await clock.advance(10 * minute)
    expect(agent.log.filter((line) => line.includes('DeviceNotFound'))).toHaveLength(1)
  })

  it('stays as it is where a newer operator asks in words that are not known here', async () => {
    await held()
    start()
    await clock.advance(3000)
    await publish(
      'web',
      web,
      { node },
      { node, nodePlan: { ...nodePlan, announce: 'none', scope: 'link', prefixLength: 128 } },
    )
    await clock.advance(minute)
    expect(ours()).toEqual([`${web} eth0`])
  })
})

describe('nothing is taken away', () => {
  it('before all FailoverIPs are known, however long that takes; then what is left over is', async () => {
    addOurs(web)
    addOurs('203.0.113.99')
    await held()
    const agent = start({ away: true })
    await clock.advance(10 * minute)
    expect(ours()).toEqual([`${web} eth0`, '203.0.113.99 eth0'])
    expect(agent.get('/healthz').status).toBe(200)
    expect(agent.get('/readyz')).toMatchObject({ status: 503, body: expect.stringContaining('failoverips') })
    expect(agent.log.filter((line) => line.includes('"warn"'))).toHaveLength(1)
    agent.way.liftAll()
    await clock.advance(minute)
    expect(ours()).toEqual([`${web} eth0`])
    expect(agent.get('/readyz').status).toBe(200)
  })

  it.each(['refuse', 'hang'] as const)(
    'while the API server is away (%s), and what somebody removes is back',
    async (type) => {
      await held()
      const agent = start()
      await clock.advance(3000)
      agent.way.inject({ action: { type } })
      agent.way.dropWatches()
      await clock.advance(60 * minute)
      expect(ours()).toEqual([`${web} eth0`])
      const rest = network.state.addresses.filter((entry) => !entry.ours)
      network.alter({ ...network.state, addresses: rest }, `Deleted 2: eth0    inet ${web}/32 scope global eth0`)
      await clock.advance(3000)
      expect(ours()).toEqual([`${web} eth0`])
    },
  )

  it('when the definitions are gone', async () => {
    await held()
    const agent = start()
    await clock.advance(3000)
    api.stopServing('failover-ip.dev', 'failoverips')
    agent.way.dropWatches()
    await clock.advance(10 * minute)
    expect(ours()).toEqual([`${web} eth0`])
  })

  it('by SIGTERM, nor by the next agent, which writes nothing that is said already', async () => {
    await held()
    const first = start()
    await clock.advance(3000)
    expect(await first.stop()).toBe(0)
    expect(ours()).toEqual([`${web} eth0`])
    const second = start()
    await clock.advance(minute)
    expect(ours()).toEqual([`${web} eth0`])
    expect(second.writes).toEqual([])
  })
})

describe('the FailoverNode', () => {
  it('is not written again while nothing changes, and two agents of one node do not fight', async () => {
    await held()
    const both = [start(), start()]
    await clock.advance(3000)
    for (const { writes } of both) writes.length = 0
    await clock.advance(60 * minute)
    expect(both.flatMap(({ writes }) => writes)).toEqual([])
  })

  it('is there again when somebody has deleted it, and belongs to the Node that is there now', async () => {
    await held()
    start()
    await clock.advance(3000)
    await client.delete(failoverNodeResource, { name: node }, { signal })
    await clock.advance(11 * minute)
    expect(await status()).toMatchObject({ addresses: [{ address: web }] })

    await client.delete(nodeResource, { name: node }, { signal })
    const { metadata } = await create(nodeResource, { name: node })
    await clock.advance(12 * minute)
    expect((await failoverNode())?.metadata.ownerReferences).toMatchObject([{ uid: metadata.uid }])
  })

  it('is made though the answer to that is lost', async () => {
    await held()
    const agent = start()
    const isCreation = ({ method, path }: KubernetesRequest): boolean =>
      method === 'POST' && path.includes('failovernodes')
    agent.way.inject({ action: { type: 'loseAnswer' }, matches: isCreation, times: 1 })
    await clock.advance(5000)
    expect(await status()).toMatchObject({ addresses: [{ carried: true }] })
    expect(agent.log.filter((line) => line.includes('"error"'))).toEqual([])
  })

  it('waits for its Node and for its rights, which is said once', async () => {
    await client.delete(nodeResource, { name: node }, { signal })
    await held()
    const agent = start()
    await clock.advance(5 * minute)
    expect(ours()).toEqual([`${web} eth0`])
    expect(await failoverNode()).toBeUndefined()
    expect(agent.log.filter((line) => line.includes('"error"'))).toHaveLength(1)
    await create(nodeResource, { name: node })
    await clock.advance(minute)
    expect(await status()).toMatchObject({ addresses: [{ carried: true }] })
  })
})

describe('probes', () => {
  const condition = (isProven: boolean): object => ({
    conditions: [
      {
        type: 'FastDetection',
        status: isProven ? 'True' : 'False',
        reason: isProven ? 'ProbesAnswered' : 'ProbePathUnproven',
      },
    ],
  })

  it('of an operator prove that a death would be noticed, those of other agents do not', async () => {
    const agent = start()
    await clock.advanceUntil(() => agent.probing !== undefined)
    expect(agent.probing).toMatchObject({ node, bootID: 'boot-1', port: 7476 })
    agent.probing?.onAnswered?.({ host: '10.0.0.2', port: 7476 })
    await clock.advance(3000)
    expect(await status()).toMatchObject(condition(false))
    agent.probing?.onAnswered?.({ host: '10.0.0.2', port: 40_000 })
    await clock.advance(2000)
    expect(await status()).toMatchObject(condition(true))
    await clock.advance(50_000)
    expect(await status()).toMatchObject(condition(true))
    await clock.advance(20_000)
    expect(await status()).toMatchObject(condition(false))
  })

  it('are sent to the holders whose first two standbys this node is among', async () => {
    await publish('web', web, { node: 'node-2', standbys: [node, 'node-3'] }, { node: 'node-2' })
    const agent = start()
    await clock.advanceUntil(() => agent.watched.length > 0)
    expect(agent.watched).toEqual([{ node: 'node-2', address: '10.0.0.2', interval: 2000 }])
    await publish('web', web, { node: 'node-3', standbys: [node] }, { node: 'node-3' })
    await clock.advance(3000)
    expect(agent.watched).toEqual([{ node: 'node-3', address: '10.0.0.3', interval: 2000 }])
    await publish('web', web, { node: 'node-3', standbys: ['node-2', 'node-4', node] }, { node: 'node-3' })
    await clock.advance(3000)
    expect(agent.watched).toEqual([])
  })

  it('wait for a key and for the port, and addresses do not wait for them', async () => {
    await held()
    await rm(join(keys, 'current'))
    let isTaken = true
    const started: ProbeAgentOptions[] = []
    const agent = start({
      change: {
        startProbeAgent: (options) => {
          started.push(options)
          if (isTaken) return Promise.reject(new Error('port 7476 is taken'))
          return Promise.reject(new Error('enough'))
        },
      },
    })
    const stands = (text: string): boolean => agent.log.join('').includes(text)
    await clock.advance(3000)
    await expect.poll(() => clock.advance(2000).then(() => stands('There is no probe key'))).toBe(true)
    expect(ours()).toEqual([`${web} eth0`])
    expect(started).toEqual([])
    await writeFile(join(keys, 'current'), new Uint8Array(32).fill(1))
    await expect.poll(() => clock.advance(2000).then(() => stands('port 7476 is taken'))).toBe(true)
    isTaken = false
    await expect.poll(() => clock.advance(2000).then(() => stands('enough'))).toBe(true)
  })

  it('are not answered without a key, and that is said', async () => {
    await held()
    const agent = start({ hasKey: false })
    await clock.advance(3000)
    expect(await status()).toMatchObject({
      conditions: [{ status: 'False', message: expect.stringContaining('--probe-key-dir') }],
    })
    expect(agent.log.filter((line) => line.includes('There is no probe key'))).toHaveLength(1)
  })
})
