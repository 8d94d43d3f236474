import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createKubernetesClient, leaseResource, namespaceResource } from '@failover-ip/kubernetes'
import { systemClock } from '@failover-ip/runtime'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createApiServer } from '../api/api-server.ts'
import { startApiHttpServer } from '../api/http/api-http-server.ts'
import { writeKubeconfig } from '../api/http/kubeconfig.ts'
import { failoverIPResources } from '../api/resources/failover-ip-resources.ts'

const packages = fileURLToPath(new URL('../../../', import.meta.url))
const bundles = globSync('operator-*/dist/*.mjs', { cwd: packages })
const expected = globSync('operator-*/src/main.ts', { cwd: packages })
// What an image runs: the file by its first line, on a Node.js that is found by name.
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` }

const folders = (paths: readonly string[]): ReadonlySet<string | undefined> =>
  new Set(paths.map((path) => path.split('/')[0]))

it('every operator has its bundle', () => {
  expect(folders(bundles)).toEqual(folders(expected))
})

/** An operator that carries the whole generated Kubernetes API with it, or V8's default heap, takes more than this. */
const mostMegabytes = 80
const leaseHolder = z
  .looseObject({ spec: z.looseObject({ holderIdentity: z.string().nullish() }) })
  .optional()
  .transform((lease) => lease?.spec.holderIdentity ?? '')

describe.each(bundles)('%s', (path) => {
  const bundle = `${packages}${path}`

  it('prints its flags and the custom resources', async () => {
    const run = promisify(execFile)
    expect((await run(bundle, ['--help'], { env })).stdout).toContain('--kubeconfig')
    expect((await run(bundle, ['--print-crds'], { env })).stdout).toContain('kind: CustomResourceDefinition')
  })

  it('leads in the cluster of its kubeconfig, in little memory, and releases the Lease when it is told to end', async () => {
    const clock = systemClock()
    const api = createApiServer({ resources: failoverIPResources(), clock, random: Math.random })
    const http = await startApiHttpServer(api.transport)
    const kubeconfig = await writeKubeconfig(http.url)
    const client = createKubernetesClient({ transport: api.transport, clock })
    const { signal } = new AbortController()
    await client.create(namespaceResource, { metadata: { name: 'failover-ip' } }, { signal })
    const holder = async (): Promise<string> => {
      const { items } = await client.list(leaseResource, { namespace: 'failover-ip', signal })
      return leaseHolder.parse(items[0])
    }
    const anyPort = ['--metrics-bind-address=127.0.0.1:0', '--health-probe-bind-address=127.0.0.1:0']
    const operator = spawn(bundle, [`--kubeconfig=${kubeconfig.path}`, ...anyPort], { env, stdio: 'ignore' })
    try {
      await vi.waitFor(async () => expect(await holder()).not.toBe(''), { timeout: 20_000 })
      if (process.platform === 'linux') expect(anonymousMegabytes(operator.pid)).toBeLessThan(mostMegabytes)
      operator.kill('SIGTERM')
      expect(await once(operator, 'exit')).toEqual([0, null])
      expect(await holder()).toBe('')
    } finally {
      operator.kill('SIGKILL')
      await kubeconfig[Symbol.asyncDispose]()
      await http.close()
    }
  }, 30_000)
})

function anonymousMegabytes(pid: number | undefined): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
