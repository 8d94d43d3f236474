import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import * as path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { testAuthority, testCertificate, testKey } from '../testing/tls-certificate.ts'
import { version } from '../version.ts'
import { createKubernetesTransport } from './create-kubernetes-transport.ts'
import type { KubernetesTransport } from './kubernetes-transport.ts'
import { readBody } from './read-body.ts'

let folder: string
let server: { closeAllConnections(): void; close(): unknown } | undefined

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'failover-ip-'))
})

afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  await rm(folder, { recursive: true })
})

async function serveTls(): Promise<string> {
  const tls = createServer({ cert: testCertificate, key: testKey }, (request, response) => {
    const { authorization, 'user-agent': agent } = request.headers
    response.end(JSON.stringify({ authorization, agent }))
  }).listen(0, '127.0.0.1')
  await once(tls, 'listening')
  server = tls
  return `https://127.0.0.1:${(tls.address() as AddressInfo).port}`
}

function kubeConfig(address: string, cluster: object, user: object): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: address, ...cluster } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'here' } }],
  })
}

async function fetchJson(transport: KubernetesTransport): Promise<unknown> {
  const { signal } = new AbortController()
  return JSON.parse(await readBody(await transport.request({ method: 'GET', path: '/', signal }), 10_000))
}

const authority = { 'certificate-authority-data': Buffer.from(testAuthority).toString('base64') }

test('verifies the server by the CA of the kubeconfig and sends token and User-Agent', async () => {
  const text = kubeConfig(await serveTls(), authority, { token: 'abc' })
  const transport = await createKubernetesTransport({ kubeConfig: { text } })
  expect(await fetchJson(transport)).toEqual({ authorization: 'Bearer abc', agent: `failover-ip/${version}` })
  expect(transport.namespace).toBe('here')
  transport.close()
})

test('refuses a server whose CA is not known', async () => {
  const transport = await createKubernetesTransport({
    kubeConfig: { text: kubeConfig(await serveTls(), {}, { token: 'abc' }) },
  })
  await expect(fetchJson(transport)).rejects.toMatchObject({ name: 'TransportError', outcome: 'not-applied' })
  transport.close()
})

test('reads the file named by KUBECONFIG', async () => {
  const file = path.join(folder, 'config')
  await writeFile(file, kubeConfig(await serveTls(), authority, { token: 'from-file' }))
  const transport = await createKubernetesTransport({ environment: { KUBECONFIG: file } })
  expect(await fetchJson(transport)).toMatchObject({ authorization: 'Bearer from-file' })
  transport.close()
})

test('in a pod takes address, token and CA that the kubelet gives, and a new token without a restart', async () => {
  for (const [name, text] of Object.entries({ token: 'of the pod\n', 'ca.crt': testAuthority, namespace: 'here' })) {
    await writeFile(path.join(folder, name), text)
  }
  const { hostname, port } = new URL(await serveTls())
  const transport = await createKubernetesTransport({
    environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
    serviceAccountFolder: folder,
  })
  expect(await fetchJson(transport)).toMatchObject({ authorization: 'Bearer of the pod' })
  expect(transport).toMatchObject({ namespace: 'here', server: `https://${hostname}:${port}` })
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 11_000)
  await writeFile(path.join(folder, 'token'), 'the next')
  expect(await fetchJson(transport)).toMatchObject({ authorization: 'Bearer the next' })
  vi.restoreAllMocks()
  transport.close()
})

test('in a pod whose token is not there yet fails a request, and no more than that', async () => {
  const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1' }
  const transport = await createKubernetesTransport({ environment, serviceAccountFolder: folder })
  expect(transport.server).toBe('https://[fd00::1]')
  await expect(fetchJson(transport)).rejects.toMatchObject({ name: 'TransportError', code: 'ENOENT' })
  await expect(fetchJson(transport)).rejects.toMatchObject({ name: 'TransportError', code: 'ENOENT' })
})

test('speaks plain HTTP on loopback', async () => {
  const plain = createPlainServer((_request, response) => response.end('{"plain":true}')).listen(0, '127.0.0.1')
  await once(plain, 'listening')
  server = plain
  const text = kubeConfig(`http://127.0.0.1:${(plain.address() as AddressInfo).port}`, {}, {})
  const transport = await createKubernetesTransport({ kubeConfig: { text } })
  expect(await fetchJson(transport)).toEqual({ plain: true })
  transport.close()
})

test('says what to do when there is neither a kubeconfig nor a cluster', async () => {
  await expect(createKubernetesTransport({ environment: { HOME: folder } })).rejects.toMatchObject({
    code: 'NO_KUBECONFIG',
  })
})

test('names a missing file, an unreadable file and a missing context without quoting credentials', async () => {
  const missing = createKubernetesTransport({ kubeConfig: { file: path.join(folder, 'none') } })
  await expect(missing).rejects.toMatchObject({ code: 'NO_KUBECONFIG' })

  const broken = await createKubernetesTransport({ kubeConfig: { text: 'users: [{token: hunter2' } }).catch(String)
  expect(broken).toContain('cannot be read')
  expect(broken).not.toContain('hunter2')

  const context = createKubernetesTransport({ kubeConfig: { text: kubeConfig('https://x', {}, {}) }, context: 'other' })
  await expect(context).rejects.toThrow(/no context "other".*it has: test/)
})
