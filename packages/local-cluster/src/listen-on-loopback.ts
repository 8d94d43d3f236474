import type { Server } from 'node:http'

/** A server that listens. */
export interface ListeningServer {
  /** e.g. `http://127.0.0.1:41234` */
  readonly url: string
  /** Ends every connection, streaming ones too. */
  close(): Promise<void>
}

/** Lets a server listen on 127.0.0.1; `port` 0 takes a free one. Rejects when it cannot. */
export async function listenOnLoopback(server: Server, port: number): Promise<ListeningServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
