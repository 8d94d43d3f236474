import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import {
  createKubernetesClient,
  failoverIPResource,
  failoverNodeResource,
  namespaceResource,
  nodeResource,
  parseFailoverNode,
  type KubernetesClient,
  type KubernetesTransport,
} from '@failover-ip/kubernetes'
import type { FailoverNodeStatus } from '@failover-ip/core'
import { systemClock } from '@failover-ip/runtime'
import { inject } from 'vitest'
import { z } from 'zod'
import { until } from '../harness/until.ts'
import type { Namespace } from './namespace.ts'

/** Of the Node whose agent is tested. */
export const nodeName = 'node-1'
const nodeAddress = '192.0.2.10'
/** With which the node is probed, as by an operator. */
export const probeKey: string = 'of the end-to-end suites, and no secret'

/** A Kubernetes API inside a node's namespace, and what an operator would write there. */
export interface ClusterInNode extends AsyncDisposable {
  /** Path of a kubeconfig for a process inside the namespace. */
  readonly kubeconfig: string
  readonly client: KubernetesClient
  /** Makes a FailoverIP, or replaces its status: one address, at the holder, with these standbys. */
  publish(address: string, holder: string, standbys?: readonly string[], nodePlan?: object): Promise<void>
  remove(address: string): Promise<void>
  /** What the agent says of its node; `undefined` before it does. */
  status(): Promise<FailoverNodeStatus | undefined>
  /** Resolves when the agent says that it carries these, and no others. */
  untilCarried(...addresses: readonly string[]): Promise<void>
  /** Nobody answers any more, and connections stay open. */
  pause(): void
  resume(): void
  /** Nobody listens any more. */
  kill(): Promise<void>
}

const answerShape = z.object({ number: z.number(), status: z.number(), body: z.string() })
type Answer = z.infer<typeof answerShape>

export async function startClusterInNode(node: Namespace): Promise<ClusterInNode> {
  const [nsenter, ...argv] = node.inside(process.execPath, inject('apiProgram'), nodeName, nodeAddress, probeKey)
  const server = spawn(nsenter, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting = new Map<number, (answer: Answer) => void>()
  const kubeconfig = Promise.withResolvers<string>()
  createInterface({ input: server.stdout }).on('line', (line) => {
    if (!line.startsWith('{')) return kubeconfig.resolve(line)
    const answer = answerShape.parse(JSON.parse(line))
    waiting.get(answer.number)?.(answer)
    waiting.delete(answer.number)
  })
  let last = 0
  const transport: KubernetesTransport = {
    request: async ({ signal, method, path, headers, body }) => {
      const number = (last += 1)
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      waiting.set(number, resolve)
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      server.stdin.write(`${JSON.stringify({ number, method, path, headers, body })}\n`)
      const answer = await promise
      return { status: answer.status, headers: new Map(), body: one(Buffer.from(answer.body)) }
    },
  }
  const client = createKubernetesClient({ transport, clock: systemClock() })
  const { signal } = new AbortController()
  const status: ClusterInNode['status'] = async () => {
    const parsed = parseFailoverNode(await client.get(failoverNodeResource, { name: nodeName }, { signal }))
    return parsed.ok ? parsed.value.status : undefined
  }
  const end = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill('SIGCONT')
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }
  const cluster: ClusterInNode = {
    kubeconfig: await kubeconfig.promise,
    client,
    publish: async (address, holder, standbys = [], nodePlan = defaultPlan(address)) => {
      const name = { namespace: 'default', name: nameOf(address) }
      const draft = { metadata: name, spec: { addresses: [address] } }
      const { metadata } = await client
        .get(failoverIPResource, name, { signal })
        .catch(async () => await client.create(failoverIPResource, draft, { signal }))
      const addresses = [
        { address, unit: `${address}/${address.includes(':') ? 128 : 32}`, epoch: 7, node: holder, nodePlan },
      ]
      const next = { node: holder, standbys, addresses }
      await client.updateStatus(failoverIPResource, { metadata, status: next }, { signal })
    },
    remove: async (address) =>
      await client.delete(failoverIPResource, { namespace: 'default', name: nameOf(address) }, { signal }),
    status,
    untilCarried: async (...addresses) => {
      await until(`the agent to carry ${addresses.join(', ')}`, async () => {
        const { addresses: said = [] } = (await status()) ?? {}
        const isWhole = said.length === addresses.length && said.every(({ carried }) => carried)
        return isWhole && said.map(({ address }) => address).join() === addresses.toSorted().join()
      })
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    kill: end,
    [Symbol.asyncDispose]: end,
  }
  await client.create(namespaceResource, { metadata: { name: 'default' } }, { signal }).catch(() => undefined)
  await client.create(nodeResource, { metadata: { name: nodeName } }, { signal })
  return cluster
}

const nameOf = (address: string): string => `ip-${address.replaceAll(/[.:]+/g, '-')}`

const defaultPlan = (address: string): object => ({
  carriedBy: 'Candidates',
  prefixLength: address.includes(':') ? 128 : 32,
  device: { rule: 'defaultRoute', family: 'ipv4' },
  scope: 'global',
  announce: 'none',
})

async function* one(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(chunk)
}
