import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import {
  createApiServer,
  createSimulatedNetwork,
  createSimulatedNodes,
  failoverIPResources,
  scalewayNodes,
  startApiHttpServer,
  writeKubeconfig,
} from '@failover-ip/local-cluster'
import { systemClock } from '@failover-ip/runtime'
import type { ApiHttpServer, ApiServer, KubeconfigFile, SimulatedNodes } from '@failover-ip/local-cluster'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { until } from '../harness/until.ts'

const manifest = (spec: object): string =>
  JSON.stringify({
    apiVersion: 'failover-ip.dev/v1alpha1',
    kind: 'FailoverIP',
    metadata: { name: 'web', namespace: 'default' },
    spec,
  })

describe('kubectl on the in-process API', () => {
  let api: ApiServer
  let server: ApiHttpServer
  let kubeconfig: KubeconfigFile
  let nodes: SimulatedNodes
  let home: string

  const start = (args: readonly string[]): ReturnType<typeof spawn> =>
    spawn('kubectl', args, { env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig.path } })

  /** Standard output; rejects with standard error when kubectl fails. */
  const kubectl = async (args: readonly string[], input = ''): Promise<string> => {
    const child = start(args)
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    child.stdin?.end(input)
    const [out, err, code] = await Promise.all([
      child.stdout === null ? '' : text(child.stdout),
      child.stderr === null ? '' : text(child.stderr),
      ended,
    ])
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} exited with ${code}: ${err}`)
    return out
  }
  const apply = (spec: object): Promise<string> => kubectl(['apply', '-f', '-'], manifest(spec))

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'failover-ip-kubectl-'))
    const clock = systemClock()
    api = createApiServer({ resources: failoverIPResources(), clock, random: Math.random })
    server = await startApiHttpServer(api.transport)
    kubeconfig = await writeKubeconfig(server.url)
    const network = createSimulatedNetwork()
    const { transport } = api
    nodes = createSimulatedNodes({ specs: scalewayNodes(2), transport, clock, network, random: Math.random })
    await until('both nodes', async () => (await kubectl(['get', 'nodes', '-o', 'name'])).split('\n').length === 3)
  })
  afterAll(async () => {
    await nodes[Symbol.asyncDispose]()
    await server.close()
    await kubeconfig[Symbol.asyncDispose]()
    await rm(home, { recursive: true, force: true })
  })

  it('applies, applies again without a change, and applies a change', async () => {
    expect(await apply({ addresses: ['51.15.129.35'] })).toBe('failoverip.failover-ip.dev/web created\n')
    expect(await apply({ addresses: ['51.15.129.35'] })).toBe('failoverip.failover-ip.dev/web unchanged\n')
    expect(await apply({ addresses: ['51.15.129.35'], priority: 5 })).toBe(
      'failoverip.failover-ip.dev/web configured\n',
    )
    const read = await kubectl(['get', 'fip', 'web', '-o', 'jsonpath={.metadata.generation} {.spec.priority}'])
    expect(read).toBe('2 5')
  })

  it('says which field it does not know, and what is wrong', async () => {
    await expect(apply({ addresses: ['51.15.129.35'], bogus: 1 })).rejects.toThrow('unknown field "spec.bogus"')
    await expect(apply({ addresses: 'none' })).rejects.toThrow('spec.addresses in body must be of type array')
  })

  it('prints our columns, and rows of what changes', async () => {
    expect(await kubectl(['get', 'failoverips'])).toMatch(/^NAME +ADDRESSES +NODE +READY +REASON +SINCE +AGE\nweb /u)
    const watch = start(['get', 'fip', '-w', '--no-headers'])
    let seen = ''
    watch.stdout?.on('data', (chunk: unknown) => (seen += String(chunk)))
    try {
      await until('the first row', async () => seen.includes('web'))
      const ready = {
        type: 'Ready',
        status: 'True',
        reason: 'Serving',
        message: '',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      }
      const patch = JSON.stringify({ status: { node: 'node-1', conditions: [ready] } })
      await kubectl(['patch', 'fip', 'web', '--subresource=status', '--type=merge', '-p', patch])
      await until('the row of the change', async () => /^web .*node-1 +True +Serving/mu.test(seen))
    } finally {
      watch.kill()
    }
    expect(await kubectl(['wait', '--for=condition=Ready', 'fip/web', '--timeout=10s'])).toContain('condition met')
  })

  it('describes an object with its events', async () => {
    const uid = await kubectl(['get', 'fip', 'web', '-o', 'jsonpath={.metadata.uid}'])
    const regarding = {
      apiVersion: 'failover-ip.dev/v1alpha1',
      kind: 'FailoverIP',
      name: 'web',
      namespace: 'default',
      uid,
    }
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'web.1', namespace: 'default' },
      eventTime: new Date().toISOString().replace('Z', '000Z'),
      reportingController: 'failover-ip.dev/test',
      reportingInstance: 'test',
      action: 'Move',
      reason: 'Moved',
      type: 'Normal',
      note: 'node-2 -> node-1 in 1.0s',
      regarding,
    }
    await kubectl(['apply', '-f', '-'], JSON.stringify(event))
    expect(await kubectl(['describe', 'fip', 'web'])).toMatch(/Normal +Moved .*node-2 -> node-1 in 1\.0s/u)
    expect(await kubectl(['get', 'events'])).toMatch(/Moved +failoverip\/web/u)
  })

  it('labels and annotates', async () => {
    expect(await kubectl(['label', 'fip', 'web', 'tier=front'])).toContain('labeled')
    expect(await kubectl(['get', 'fip', '-l', 'tier=front', '-o', 'name'])).toBe('failoverip.failover-ip.dev/web\n')
    expect(await kubectl(['label', 'fip', 'web', 'tier-'])).toContain('unlabeled')
    expect(await kubectl(['annotate', 'fip', 'web', 'example.com/a=b'])).toContain('annotated')
  })

  it('explains our fields', async () => {
    expect(await kubectl(['explain', 'fip.spec.addresses'])).toContain('FIELD: addresses')
  })

  it('cordons, taints, drains and uncordons a node, and describes it', async () => {
    expect(await kubectl(['cordon', 'node-1'])).toBe('node/node-1 cordoned\n')
    expect(await kubectl(['get', 'nodes'])).toMatch(/node-1 +Ready,SchedulingDisabled/u)
    expect(await kubectl(['taint', 'node', 'node-1', 'a=b:NoSchedule'])).toContain('tainted')
    expect(await kubectl(['taint', 'node', 'node-1', 'a-'])).toContain('untainted')
    expect(await kubectl(['uncordon', 'node-1'])).toBe('node/node-1 uncordoned\n')
    expect(await kubectl(['drain', 'node-1'])).toContain('node/node-1 drained')
    const described = await kubectl(['describe', 'node', 'node-1'])
    expect(described).toMatch(/Unschedulable: +true/u)
    expect(described).toMatch(/HolderIdentity: +node-1/u)
    expect(await kubectl(['uncordon', 'node-1'])).toContain('uncordoned')
  })

  it('deletes', async () => {
    expect(await kubectl(['delete', 'fip', 'web'])).toContain('deleted')
    await expect(kubectl(['get', 'fip', 'web'])).rejects.toThrow('(NotFound)')
  })
})
