import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineAgent } from '@failover-ip/agent'
import { createModelNetwork, plainNode } from '@failover-ip/agent/testing'
import { KubeConfig } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ApiError, createApiClient, type ApiClient } from '../harness/api-client.ts'
import { run } from '../harness/command.ts'
import { installCrds, removeCrds } from '../harness/custom-resources.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig } = apiUnderTest()
const manifest = new URL('../../packages/agent/rbac.yaml', import.meta.url)
const group = '/apis/failover-ip.dev/v1alpha1'
const nodes = `${group}/failovernodes`
const suffix = randomBytes(3).toString('hex')
const namespace = `agent-${suffix}`
const own = `own-${suffix}`
const other = `other-${suffix}`
const image = 'localhost/never-run'
const uidShape = z.object({ metadata: z.object({ uid: z.string() }) })
const tokenShape = z.object({ status: z.object({ token: z.string() }) })

let folder: string
let admin: ApiClient
let manifests: string
/** Path of a kubeconfig with the rights of the agent on the node `own`. */
let agentKubeconfig: string
let agent: ApiClient

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'failover-ip-agent-'))
  admin = createApiClient(kubeconfig)
  manifests = (await readFile(manifest, 'utf8')).replaceAll(/\bfailover-ip\b(?!-agent|\.dev)/g, namespace)
  await installCrds(admin)
  await admin.create('/api/v1/namespaces', { metadata: { name: namespace } })
  await kubectl('apply', manifests)
  for (const name of [own, other]) {
    const made = await admin.create('/api/v1/nodes', { metadata: { name } })
    const { uid } = uidShape.parse(made).metadata
    const metadata = { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] }
    if (name === other) await admin.create(nodes, failoverNode(metadata))
  }
  const pod = { metadata: { name: 'agent' }, spec: podSpec }
  const { uid } = uidShape.parse(await admin.create(`/api/v1/namespaces/${namespace}/pods`, pod)).metadata
  agentKubeconfig = await kubeconfigOf('agent', { kind: 'Pod', apiVersion: 'v1', name: 'agent', uid })
  agent = createApiClient(agentKubeconfig)
})
afterAll(async () => {
  await kubectl('delete', manifests, '--ignore-not-found', '--wait=false')
  for (const name of [own, other]) {
    await admin.delete(`${nodes}/${name}`).catch(() => undefined)
    await admin.delete(`/api/v1/nodes/${name}`)
  }
  await removeCrds(admin)
  await admin.delete(`/api/v1/namespaces/${namespace}`)
  await rm(folder, { recursive: true })
})

const failoverNode = (metadata: object): object => ({
  apiVersion: 'failover-ip.dev/v1alpha1',
  kind: 'FailoverNode',
  metadata,
})
const podSpec = {
  serviceAccountName: 'failover-ip-agent',
  nodeName: own,
  containers: [{ name: 'agent', image }],
  automountServiceAccountToken: false,
}
const kubectl = async (verb: string, input: string, ...flags: readonly string[]): Promise<string> =>
  await run(['kubectl', `--kubeconfig=${kubeconfig}`, verb, '-f', '-', ...flags], { input })

/** A token as the kubelet asks for it, of a pod; or one of the ServiceAccount alone. */
async function kubeconfigOf(name: string, boundObjectRef?: object): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/failover-ip-agent/token`
  const spec = { expirationSeconds: 3600, ...(boundObjectRef === undefined ? {} : { boundObjectRef }) }
  const { token } = tokenShape.parse(await admin.create(path, { spec })).status
  const config = new KubeConfig()
  config.loadFromFile(kubeconfig)
  const cluster = config.getCurrentCluster() ?? expect.fail(`${kubeconfig} names no cluster`)
  config.loadFromOptions({
    clusters: [{ ...cluster, name }],
    users: [{ name, token }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  const file = join(folder, `${name}.kubeconfig`)
  await writeFile(file, config.exportConfig(), { mode: 0o600 })
  return file
}

/** The answer's code and message; undefined when it was let through. */
const refusal = async (call: Promise<unknown>): Promise<string | undefined> =>
  await call.then(
    () => undefined,
    (error: unknown) => (error instanceof ApiError ? `${error.status} ${error.message}` : Promise.reject(error)),
  )

describe('an agent with the rights that are delivered', () => {
  it('may not write what belongs to another node, whichever way [A74]', async () => {
    const touched = { metadata: { labels: { touched: 'yes' } } }
    // A policy counts some moments after it has been written.
    const message = await until(
      'the policy to count',
      async () => await refusal(agent.merge(`${nodes}/${other}`, touched)),
    )
    expect(message).toMatch(new RegExp(`^403 .*agent of node ${own} may write the FailoverNode of that node alone`))
    const foreign = await Promise.all([
      refusal(agent.merge(`${nodes}/${other}/status`, { status: { bootID: 'lie' } })),
      refusal(agent.create(nodes, failoverNode({ name: `third-${suffix}` }))),
      refusal(agent.replace(`${nodes}/${other}`, failoverNode({ name: other }))),
      refusal(agent.delete(`${nodes}/${other}`)),
      refusal(agent.merge(`/api/v1/nodes/${own}`, touched)),
    ])
    expect(foreign.map((text) => text?.slice(0, 3))).toEqual(['403', '403', '403', '403', '403'])
    const shape = z.object({
      metadata: z.looseObject({ labels: z.unknown().optional() }),
      status: z.unknown().optional(),
    })
    expect(await admin.get(`${nodes}/${other}`, shape)).toMatchObject({ metadata: { name: other } })
    expect((await admin.get(`${nodes}/${other}`, shape)).status).toBeUndefined()
  })

  it('needs the token of a pod, for one of the ServiceAccount alone names no node [A74]', async () => {
    const nobody = createApiClient(await kubeconfigOf('nobody'))
    const answer = await refusal(nobody.merge(`${nodes}/${other}`, { metadata: { labels: { touched: 'yes' } } }))
    expect(answer).toMatch(/^403 .*names no node/)
  })

  it('finds what is asked of its node, and keeps its FailoverNode', async () => {
    const address = '203.0.113.50'
    const failoverIPs = `${group}/namespaces/${namespace}/failoverips`
    await admin.create(failoverIPs, {
      apiVersion: 'failover-ip.dev/v1alpha1',
      kind: 'FailoverIP',
      metadata: { name: 'web' },
      spec: { addresses: [address] },
    })
    const device = { rule: 'defaultRoute', family: 'ipv4' }
    const nodePlan = { carriedBy: 'Candidates', prefixLength: 32, device, scope: 'global', announce: 'none' }
    await admin.merge(`${failoverIPs}/web/status`, {
      status: { node: own, addresses: [{ address, unit: `${address}/32`, epoch: 7, node: own, nodePlan }] },
    })
    const network = createModelNetwork(plainNode)
    let stop: () => void = () => undefined
    const log: string[] = []
    const ended = defineAgent({
      network,
      output: { write: (line) => void log.push(line) },
      process: {
        argv: [
          `--kubeconfig=${agentKubeconfig}`,
          `--node-name=${own}`,
          '--metrics-bind-address=0',
          '--health-probe-bind-address=0',
        ],
        environment: {},
        onStop: (handler) => {
          stop = () => handler('SIGTERM')
          return () => undefined
        },
        setExitCode: () => undefined,
        exit: () => undefined,
      },
    }).run()
    try {
      const shape = z.object({
        metadata: z.object({ ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })) }),
        status: z.object({
          addresses: z.array(z.object({ address: z.string(), epoch: z.number(), carried: z.boolean() })),
        }),
      })
      const seen = await until('the FailoverNode', async () => {
        const found = await admin.get(`${nodes}/${own}`, shape)
        return found.status.addresses.length > 0 ? found : undefined
      })
      expect(seen.status.addresses).toEqual([{ address, epoch: 7, carried: true }])
      expect(seen.metadata.ownerReferences).toEqual([{ kind: 'Node', name: own }])
      expect(network.state.addresses.some((entry) => entry.ours && entry.address === address)).toBe(true)
      await admin.merge(`${failoverIPs}/web/status`, { status: { addresses: null } })
      await until('the address to be off', async () => network.state.addresses.every((entry) => !entry.ours))
    } finally {
      stop()
      expect(await ended).toBe(0)
    }
    expect(log.filter((line) => line.includes('"error"'))).toEqual([])
  })
})
