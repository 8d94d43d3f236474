import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'

import type { KubernetesRequest, KubernetesTransport } from '@failover-ip/kubernetes'

import { listenOnLoopback } from '../../listen-on-loopback.ts'
import type { ListeningServer } from '../../listen-on-loopback.ts'

/** Plain HTTP on 127.0.0.1 in front of a transport. */
export type ApiHttpServer = ListeningServer

/** More than the API itself takes, so that it is the one to refuse. */
const bodyLimitBytes = 4 * 1024 * 1024
/** Longer than clients keep connections: else a request could meet a connection that is just being closed. */
const idleMilliseconds = 300_000
const methods: readonly KubernetesRequest['method'][] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** `port` 0 (default) takes a free one. */
export async function startApiHttpServer(transport: KubernetesTransport, port = 0): Promise<ApiHttpServer> {
  const server = createServer((request, response) => {
    answer(transport, request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = idleMilliseconds
  return await listenOnLoopback(server, port)
}

async function answer(
  transport: KubernetesTransport,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort(new Error('the client went away')))
  const method = methods.find((known) => known === incoming.method)
  const body = await readBody(incoming)
  if (method === undefined || body === undefined) {
    outgoing.writeHead(method === undefined ? 405 : 413).end()
    return
  }
  const path = incoming.url ?? '/'
  const response = await transport.request({ method, path, headers: headersOf(incoming), body, signal: gone.signal })
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.flushHeaders()
  await pipeline(response.body, outgoing)
}

/** Undefined when it is too large. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of incoming) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.length
    if (size > bodyLimitBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  const headers = Object.entries(incoming.headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const,
  )
  return Object.fromEntries(headers)
}
