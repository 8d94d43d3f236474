import { once } from 'node:events'
import { createServer } from 'node:net'

/** Ports of 127.0.0.1 that are free now, all different because they are held together for a moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  for (const server of servers) if (!server.listening) await once(server, 'listening')
  return servers.map((server) => {
    const address = server.address()
    server.close()
    if (address === null || typeof address === 'string') throw new Error('a listening TCP server has a port')
    return address.port
  })
}
