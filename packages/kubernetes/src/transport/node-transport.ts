import * as http from 'node:http'
import * as https from 'node:https'
import { untilAborted } from '@failover-ip/core'
import type { KubernetesRequest, KubernetesResponse, KubernetesTransport } from './kubernetes-transport.ts'
import { transportErrorOf } from './transport-error.ts'

export interface NodeTransportOptions {
  /** Base address of the API server, with the path prefix of a gateway if there is one. */
  readonly server: URL
  /** Authentication and TLS of one request; asked each time, so that a rotated token or CA is picked up. */
  readonly connection: () => Promise<https.RequestOptions>
  /** Named like the environment's `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`; absent: no proxy. */
  readonly proxy?: Readonly<Record<string, string | undefined>>
  readonly userAgent: string
}

/** A transport that holds idle connections until it is closed. */
export interface ClosableTransport extends KubernetesTransport {
  close(): void
}

/** Idle connections kept for re-use; a running watch is not idle and has a connection of its own. */
const maximumIdleConnections = 8

/** Speaks HTTP/1.1 over TLS (or plain TCP when the server's scheme says so) with a pool of kept connections. */
export function createNodeTransport(options: NodeTransportOptions): ClosableTransport {
  const { server } = options
  const module = server.protocol === 'http:' ? http : https
  const proxyEnv = options.proxy === undefined ? {} : { proxyEnv: { ...options.proxy } }
  const pooled = new module.Agent({ keepAlive: true, maxFreeSockets: maximumIdleConnections, ...proxyEnv })
  const fresh = new module.Agent({ keepAlive: false, ...proxyEnv })

  const request = async (wanted: KubernetesRequest): Promise<KubernetesResponse> => {
    wanted.signal.throwIfAborted()
    const connection = await untilAborted(wanted.signal, options.connection()).catch((error: unknown) => {
      throw wanted.signal.aborted ? wanted.signal.reason : transportErrorOf(error, server.origin)
    })
    const agent = connection.agent ?? (wanted.freshConnection === true ? fresh : pooled)
    return send(module, { ...connection, ...target(server, wanted.path), agent }, options, wanted)
  }

  return {
    request,
    close: () => {
      pooled.destroy()
      fresh.destroy()
    },
  }
}

function target(server: URL, path: string): https.RequestOptions {
  const prefix = server.pathname.replace(/\/+$/, '')
  const hostname = server.hostname.replace(/^\[|\]$/g, '')
  return { protocol: server.protocol, hostname, port: server.port, path: `${prefix}${path}` }
}

function send(
  module: typeof http | typeof https,
  connection: https.RequestOptions,
  { server, userAgent }: NodeTransportOptions,
  { method, headers, body, signal }: KubernetesRequest,
): Promise<KubernetesResponse> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const outgoing = module.request({
      ...connection,
      method,
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...sentHeaders(connection),
        ...headers,
        ...length,
      },
    })
    // Heard to the end: an abort after the head is an error of the request too.
    outgoing.on('error', (error) => reject(signal.aborted ? signal.reason : transportErrorOf(error, server.origin)))
    outgoing.once('response', (incoming) => {
      resolve({
        status: incoming.statusCode ?? 0,
        headers: headersOf(incoming),
        body: bodyOf(incoming, signal, server.origin),
      })
    })
    outgoing.end(body)
  })
}

/** Node.js would also take a flat list of names and values; the client library makes an object. */
function sentHeaders({ headers }: https.RequestOptions): Record<string, http.OutgoingHttpHeader | undefined> {
  return headers === undefined || Array.isArray(headers) ? {} : Object.fromEntries(Object.entries(headers))
}

function headersOf(incoming: http.IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return headers
}

async function* bodyOf(
  incoming: http.IncomingMessage,
  signal: AbortSignal,
  origin: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of incoming) {
      if (chunk instanceof Uint8Array) yield chunk
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : transportErrorOf(error, origin)
  }
}
