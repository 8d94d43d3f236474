import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Handler } from './emulator.ts'
import { PortError, portErrorOf } from './port-error.ts'

export interface ServedEmulator {
  /** Without a slash at the end. */
  readonly url: string
  /** Cuts what is under way and ends the server. */
  close(): Promise<void>
}

/** Longest body that is read; a longer one ends the connection. */
const longestBody = 1024 * 1024
const highestPort = 65_535

/**
 * Serves a handler over HTTP on 127.0.0.1, or another IPv4 address of this machine. A connection error from the handler becomes a broken connection. Rejects with an
 * error of code `PortUnavailable` when the port is no port, is in use or may not be served.
 *
 * @example
 * const { url, close } = await serveEmulator(emulator.handle)
 */
export async function serveEmulator(
  handler: Handler,
  { port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string } = {},
): Promise<ServedEmulator> {
  if (!Number.isInteger(port) || port < 0 || port > highestPort) {
    throw new PortError(`${port} is no port: it takes a whole number up to ${highestPort}.`)
  }
  const server = createServer((incoming, outgoing) => {
    forward(handler, incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  server.listen(port, host)
  await once(server, 'listening').catch((error: unknown) => {
    throw portErrorOf(port, error)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The emulator has no port.')
  return {
    url: `http://${host}:${address.port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function forward(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const response = await handler(await toRequest(incoming))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  const body: AsyncIterable<Uint8Array> = response.body ?? noBody()
  for await (const part of body) {
    if (outgoing.destroyed) break
    outgoing.write(part)
  }
  outgoing.end()
}

async function* noBody(): AsyncGenerator<Uint8Array> {}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const { method = 'GET', url = '/', headers } = incoming
  const parts: Buffer[] = []
  let bytes = 0
  const body: AsyncIterable<Buffer> = incoming
  for await (const part of body) {
    bytes += part.length
    if (bytes > longestBody) throw new Error('The body is too long.')
    parts.push(part)
  }
  const pairs = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
  return new Request(`http://127.0.0.1${url}`, {
    method,
    headers: pairs,
    ...(parts.length > 0 ? { body: Buffer.concat(parts) } : {}),
  })
}
