import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createApiClient } from '../harness/api-client.ts'
import { createFailoverScene, ipv4, type FailoverScene } from '../harness/failover-scene.ts'
import { imitatedNode, imitateNodes, type ImitatedNodes } from '../harness/imitated-nodes.ts'
import { apiUnderTest } from '../harness/under-test.ts'
import { until } from '../harness/until.ts'

const { kubeconfig } = apiUnderTest()
const servers = [1, 2].map((number) => imitatedNode(number, 'fr-par-1'))
const program = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const leaseShape = z.looseObject({ spec: z.looseObject({ holderIdentity: z.string() }) })
const reportShape = z.object({
  ok: z.boolean(),
  sections: z.array(
    z.object({ findings: z.array(z.object({ subject: z.string(), verdict: z.string(), message: z.string() })) }),
  ),
})

interface Check {
  readonly code: number | null
  readonly output: string
}

describe('kubectl failover-ip check', () => {
  let scene: FailoverScene
  let nodes: ImitatedNodes
  let folder: string

  /** As a plugin of the real kubectl: an executable of this name on the PATH. */
  const check = async (...args: readonly string[]): Promise<Check> => {
    const all = ['failover-ip', 'check', '--kubeconfig', kubeconfig, '-n', scene.namespace, ...args]
    const child = spawn('kubectl', all, {
      env: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
    return { code: child.exitCode, output }
  }
  const findings = async (subject: string): Promise<z.infer<typeof reportShape>['sections'][number]['findings']> => {
    const { sections } = reportShape.parse(JSON.parse((await check('-o', 'json', ipv4)).output))
    return sections.flatMap((section) => section.findings).filter((finding) => finding.subject === subject)
  }
  const pods = (): string => `/api/v1/namespaces/${scene.operatorNamespace}/pods`

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'failover-ip-plugin-'))
    const plugin = join(folder, 'kubectl-failover_ip')
    const node = `'${process.execPath}' --conditions=@failover-ip/source '${program}'`
    await writeFile(plugin, `#!/bin/sh\nexec ${node} "$@"\n`)
    await chmod(plugin, 0o755)
    scene = await createFailoverScene({ kubeconfig, name: 'check', servers })
    nodes = await imitateNodes(createApiClient(kubeconfig), servers)
    await scene.prepare()
    await scene.start('replica')
    await scene.createFailoverIP('web', { className: 'scaleway', addresses: [ipv4] })
    await scene.untilReady('web')
    // What the kubelet would run: it tells the service account of the operator.
    const containers = [{ name: 'operator', image: 'operator' }]
    const spec = { serviceAccountName: 'failover-ip', automountServiceAccountToken: false, containers }
    await scene.api.create(pods(), { metadata: { name: 'replica' }, spec })
  })
  afterAll(async () => {
    // It is not there when what comes before it has failed.
    await scene?.api.delete(`${pods()}/replica`).catch(() => undefined)
    await nodes?.[Symbol.asyncDispose]()
    await scene?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('finds nothing wrong where all is well', async () => {
    const { code, output } = await check(ipv4)
    expect(output).toMatch(/^operator +ok {4}replica_[0-9a-f]{8} leads by the Lease /mu)
    expect(output).toMatch(/^credentials {2}ok /mu)
    expect(output).toMatch(/^rights +ok {4}\S+\/failover-ip has all \d+ that the operator needs$/mu)
    expect(output).toMatch(/^nodes +ok {4}2\/2 matched to servers, 2\/2 in fr-par-1$/mu)
    expect(output).not.toContain('FAIL')
    expect(code).toBe(0)
  })

  it('finds rights that the service account of the operator has not [A77]', async () => {
    await scene.rights.take()
    try {
      const found = async () => (await findings('rights')).find(({ verdict }) => verdict === 'FAIL')
      const finding = await until('the rights to be gone', found)
      expect(finding?.message).toContain('list nodes')
    } finally {
      await scene.rights.give()
    }
  })

  it('finds a second operator by its Lease [A77]', async () => {
    const leases = `/apis/coordination.k8s.io/v1/namespaces`
    const own = await scene.api.get(`${leases}/${scene.operatorNamespace}/leases/failover-ip-scaleway`, leaseShape)
    const spec = { ...own.spec, holderIdentity: 'other_00c0ffee' }
    await scene.api.create(`${leases}/${scene.namespace}/leases`, { metadata: { name: 'failover-ip-scaleway' }, spec })
    const { code, output } = await check(ipv4)
    expect(output).toMatch(/^operator +FAIL {2}Several operators serve failover-ip\.dev\/scaleway/mu)
    expect(code).toBe(1)
    await scene.api.delete(`${leases}/${scene.namespace}/leases/failover-ip-scaleway`)
  })

  it('finds another controller that writes the ingress of the Service, and names it [A77]', async () => {
    const services = `/api/v1/namespaces/${scene.namespace}/services`
    const ports = [{ port: 80 }]
    await scene.api.create(services, { metadata: { name: 'traefik' }, spec: { type: 'LoadBalancer', ports } })
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.9' }] } }
    await scene.kubectl([
      'patch',
      'service',
      'traefik',
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status }),
    ])
    await scene.patchFailoverIP('web', { spec: { serviceRef: { name: 'traefik' } } })
    const [finding] = await findings('service')
    expect(finding).toMatchObject({
      verdict: 'FAIL',
      message: expect.stringContaining('Another controller (kubectl-patch)'),
    })
    await scene.patchFailoverIP('web', { spec: { serviceRef: null } })
  })
})
