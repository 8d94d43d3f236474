import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiClient } from '../harness/api-client.ts'
import { describeApiServerPower } from '../harness/api-server-power.suite.ts'
import { nodeSigns } from '../harness/node-signs.ts'
import { clusterUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const cluster = clusterUnderTest()
const api = createApiClient(cluster.kubeconfig)
const { readReady, readRenewTime } = nodeSigns(api)

const nodeShape = z.object({
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }),
  spec: z.object({ providerID: z.string() }),
  status: z.object({
    addresses: z.array(z.object({ type: z.string(), address: z.string() })),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })),
  }),
})
const daemonSetShape = z.object({ status: z.object({ numberReady: z.number() }) })

/** Whether the kubelet of the node with this address takes a connection from this machine, which is on the same wire. */
const answers = async (address: string): Promise<boolean> => {
  const socket = connect({ host: address, port: 10250, signal: AbortSignal.timeout(1_000) })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

describe('the nodes', () => {
  it('are Ready and look like servers of a cloud', async () => {
    const { items } = await api.get('/api/v1/nodes', z.object({ items: z.array(nodeShape) }))
    const seen = items.map((node) => ({
      name: node.metadata.name,
      ready: node.status.conditions.find(({ type }) => type === 'Ready')?.status,
      providerID: node.spec.providerID,
      zone: node.metadata.labels['topology.kubernetes.io/zone'],
      addresses: node.status.addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address),
    }))
    const expected = cluster.nodes.map(({ name, providerID, zone, address, addressV6 }) => {
      return { name, ready: 'True', providerID, zone, addresses: [address, addressV6] }
    })
    expect(seen).toEqual(expected)
  })

  it('run a pod each', async () => {
    const daemonSets = '/apis/apps/v1/namespaces/default/daemonsets'
    await api.create(daemonSets, daemonSet('idle'))
    try {
      const running = async (signal: AbortSignal) => {
        const { status } = await api.get(`${daemonSets}/idle`, daemonSetShape, { signal })
        return status.numberReady === cluster.nodes.length
      }
      expect(await until('a pod on every node', running, { deadline: 60_000 })).toBe(true)
    } finally {
      await api.delete(`${daemonSets}/idle`)
    }
  })
})

describeApiServerPower(cluster.kubeconfig, cluster)

describe('a node that is cut off', () => {
  it.each(['cut', 'isolate'] as const)('is out of reach after %s, and in reach again after heal', async (verb) => {
    expect(await answers('10.88.0.13')).toBe(true)
    await cluster[verb]('n3')
    try {
      expect(await answers('10.88.0.13')).toBe(false)
    } finally {
      await cluster.heal('n3')
    }
    expect(await until('n3 to answer', async () => await answers('10.88.0.13'))).toBe(true)
  })

  it('leaves this machine its hardware address on the wire, by which the others know it', async () => {
    for (const { name } of cluster.nodes) {
      await cluster.isolate(name)
      try {
        expect(await readFile('/sys/class/net/fip-br0/address', 'utf8')).toBe('02:00:0a:58:00:fe\n')
      } finally {
        await cluster.heal(name)
      }
    }
  })
})

describe('a node that is powered off', () => {
  let lastRenewal: string
  beforeAll(async () => {
    // A kubelet makes its Lease up to 10 s after its node is Ready for the first time.
    await until('the Lease of n2', async () => await readRenewTime('n2'))
    await cluster.powerOff('n2')
    lastRenewal = await readRenewTime('n2')
  })
  afterAll(async () => {
    await cluster.boot('n2')
    await until('n2 to be Ready again', async () => (await readReady('n2')) === 'True', { deadline: 60_000 })
  })

  it('stops renewing its Lease, and Kubernetes calls it not Ready', async () => {
    // Kubernetes' own grace period, 50 s, is left as it is in life.
    const notReady = async () => (await readReady('n2')) === 'Unknown'
    await until('n2 to be not Ready', notReady, { deadline: 100_000, interval: 500 })
    expect(await readRenewTime('n2')).toBe(lastRenewal)
    expect((await readRenewTime('n1')) > lastRenewal).toBe(true)
    // After an API server that was away the node controller loses sight of living nodes too, for as long as it takes
    // to see their Leases renewed again; the dead one stays lost.
    await until('n1 to be Ready', async () => (await readReady('n1')) === 'True', { deadline: 60_000 })
    expect(await readReady('n2')).toBe('Unknown')
  })

  it('runs nothing and answers nobody', async () => {
    await expect(cluster.exec('n2', ['true'])).rejects.toThrow('Node n2 is not running.')
    expect(await answers('10.88.0.12')).toBe(false)
  })
})

function daemonSet(name: string): object {
  const labels = { app: name }
  const container = { name: 'pause', image: 'localhost/pause:1', imagePullPolicy: 'Never' }
  const spec = { terminationGracePeriodSeconds: 0, containers: [container] }
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  }
}
