/**
 * An API server inside a node's namespace: plain HTTP on its loopback, for the agent; and an operator's probes of that node. Its first line on standard output is
 * the path of a kubeconfig; each further line of standard input is a request of the suite, as JSON, and is answered by one.
 */
import { createInterface } from 'node:readline'
import type { KubernetesRequest } from '@failover-ip/kubernetes'
import { createApiServer, failoverIPResources, startApiHttpServer, writeKubeconfig } from '@failover-ip/local-cluster'
import { createKeyRing, systemClock, udpProber } from '@failover-ip/runtime'
import { z } from 'zod'

const requestShape = z.object({
  number: z.number(),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string(),
  headers: z.exactOptional(z.record(z.string(), z.string())),
  body: z.exactOptional(z.string()),
})
const { signal } = new AbortController()
const api = createApiServer({ resources: failoverIPResources(), clock: systemClock(), random: Math.random })
const http = await startApiHttpServer(api.transport)
const kubeconfig = await writeKubeconfig(http.url)
const [node = '', address = '', key = ''] = process.argv.slice(2)
const keyRing = createKeyRing({ current: Buffer.from(key) })
udpProber({ keyRing: () => keyRing, handshakePort: 'none' }).watch([{ node, address, interval: 200 }])
console.log(kubeconfig.path)

createInterface({ input: process.stdin })
  .on('line', (line) => void answer(line))
  .on('close', () => void kubeconfig[Symbol.asyncDispose]().then(() => process.exit(0)))

async function answer(line: string): Promise<void> {
  const { number, ...request } = requestShape.parse(JSON.parse(line))
  const { status, body } = await api.transport.request({ ...request, signal } satisfies KubernetesRequest)
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  console.log(JSON.stringify({ number, status, body: Buffer.concat(chunks).toString() }))
}
