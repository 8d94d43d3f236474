import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
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

const requestTimeout = 5000
const maximumConnections = 64

export const serveEndpoints: ServeEndpoints = async (address, endpoints) => {
  const server = createServer({ requestTimeout }, (request, response) => answer(endpoints, request, response))
  server.maxConnections = maximumConnections
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

function listen(server: Server, { host, port }: BindAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const where = `${host ?? ''}:${port}`
      reject(new StartError(`Cannot listen on ${where} (${cause.code ?? cause.message}).`, { cause }))
    }
    server.once('error', onError)
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', onError)
      server.on('error', () => undefined)
      resolve()
    })
  })
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
