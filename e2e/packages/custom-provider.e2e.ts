import { readFile } from 'node:fs/promises'
import {
  builtInResources,
  createApiServer,
  createSimulatedNetwork,
  createSimulatedNodes,
  failoverIPResources,
  startApiHttpServer,
  writeKubeconfig,
} from '@failover-ip/local-cluster'
import type { ResourceDefinition } from '@failover-ip/local-cluster'
import { systemClock } from '@failover-ip/runtime'
import { expect, it } from 'vitest'
import { startPackageRegistry } from './package-registry.ts'
import { blocksOf, missingLine } from './page-blocks.ts'
import { createReader } from './reader.ts'

const page = new URL('../../docs/custom-providers.md', import.meta.url)

/** The product's kinds are served from the start, so that their definitions need only be taken. */
const crdResources = builtInResources
  .filter(({ kind }) => kind === 'ConfigMap')
  .map((resource): ResourceDefinition => ({
    ...resource,
    group: 'apiextensions.k8s.io',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    singular: 'customresourcedefinition',
    shortNames: ['crd'],
    namespaced: false,
  }))

/** A cluster with three nodes that are machines of Nimbus. */
async function startCluster(): Promise<{ readonly kubeconfig: string } & AsyncDisposable> {
  const stack = new AsyncDisposableStack()
  const clock = systemClock()
  const random = Math.random
  const api = createApiServer({ resources: [...failoverIPResources(), ...crdResources], clock, random })
  const http = await startApiHttpServer(api.transport)
  stack.defer(() => http.close())
  const kubeconfig = stack.use(await writeKubeconfig(http.url))
  const specs = [1, 2, 3].map((number) => ({
    name: `node-${number}`,
    providerID: `nimbus://north/m-${number}`,
    zone: 'north',
    address: `10.0.0.${number}`,
  }))
  const network = createSimulatedNetwork()
  stack.use(createSimulatedNodes({ specs, transport: api.transport, clock, network, random }))
  return { kubeconfig: kubeconfig.path, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

it('a provider written by its page, on packed packages alone, passes the suite and moves an address [A80]', async () => {
  const blocks = blocksOf(await readFile(page, 'utf8'), 'examples/custom-provider/')
  expect(blocks.filter(({ kind }) => kind === 'file').length).toBeGreaterThan(5)
  await using registry = await startPackageRegistry()
  await using cluster = await startCluster()
  await using reader = await createReader({ registry: registry.url, kubeconfig: cluster.kubeconfig })
  for (const block of blocks) await reader.follow(block)
}, 600_000)

it('a line that a command does not print, or not after the one before it, is noticed', () => {
  expect(missingLine(['a 1', 'b'], 'x\na   27\nb\n')).toBeUndefined()
  expect(missingLine(['b', 'a 1'], 'a 1\nb\n')).toBe('a 1')
})
