import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { StartError } from '../start-error.ts'
import type { BindAddress } from './bind-address.ts'
import type { Endpoints } from './endpoint.ts'

/** Serves until it is closed. */
export interface ServedEndpoints {
  readonly port: number
  close(): Promise<void>
}

/** Opens a listening socket; the port by which tests do without. Rejects with `StartError`. */
export type ServeEndpoints = (address: BindAddress, endpoints: Endpoints) => Promise<ServedEndpoints>

/** Milliseconds, and how many. Whoever connects and says nothing must not keep the kubelet from being answered. */
export interface ConnectionLimits {
  /** For a connection's headers to arrive, from when it is opened. */
  readonly headersTimeout: number
  /** For a request to arrive as a whole. */
  readonly requestTimeout: number
  /** For which a connection stays open after an answer. */
  readonly keepAliveTimeout: number
  /** Between two looks for connections that have had their time. */
  readonly connectionsCheckingInterval: number
  /** With one more the oldest is closed, so that the kubelet's is taken however many others are held open. */
  readonly maxConnections: number
}

const defaultLimits: ConnectionLimits = {
  headersTimeout: 2000,
  requestTimeout: 5000,
  keepAliveTimeout: 1000,
  connectionsCheckingInterval: 500,
  maxConnections: 512,
}

export async function serveEndpoints(
  address: BindAddress,
  endpoints: Endpoints,
  { maxConnections, ...timeouts }: ConnectionLimits = defaultLimits,
): Promise<ServedEndpoints> {
  const server = createServer(timeouts, (request, response) => answer(endpoints, request, response))
  closeOldest(server, maxConnections)
  await listen(server, address)
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function closeOldest(server: Server, maxConnections: number): void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    const [oldest] = open
    if (open.size > maxConnections) oldest?.destroy()
  })
}

function listen(server: Server, { host, port }: BindAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const where = `${host ?? ''}:${port}`
      reject(new StartError(`Cannot listen on ${where}: ${reasonOf(cause)}.`, { cause }))
    }
    server.once('error', onError)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', onError)
      server.on('error', () => undefined)
      resolve()
    })
  })
}

/** What is wrong, and what the reader can do. */
function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'another process listens there; stop it, or choose another address by flag (see --help)'
    case 'EACCES':
      return 'this user may not use the port; choose one above 1023 by flag (see --help)'
    case 'EADDRNOTAVAIL':
      return 'no interface of this machine has that address; choose another by flag (see --help)'
    default:
      return code ?? message
  }
}

function answer(endpoints: Endpoints, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?')[0] ?? ''
  const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined
  const readable = request.method === 'GET' || request.method === 'HEAD'
  if (endpoint === undefined || !readable) {
    response.writeHead(endpoint === undefined ? 404 : 405).end()
    return
  }
  try {
    const { status, contentType, body } = endpoint()
    response.writeHead(status, { 'content-type': contentType }).end(request.method === 'HEAD' ? undefined : body)
  } catch {
    response.writeHead(500).end()
  }
}
