import { createServer } from 'node:http'

import { z } from 'zod'

import type { SimulatedNetwork } from './simulated-network.ts'
import type { ProbeWire } from './simulated-prober.ts'

/** Lets other processes probe through a simulated network. */
export interface ProbeEndpoint {
  readonly url: string
  close(): Promise<void>
}

const answerSchema = z.object({ bootID: z.string() })

/** `GET /probe?from=leader&node=node-1` on 127.0.0.1: 200 with the boot id, or 204 for silence. */
export async function startProbeEndpoint(network: SimulatedNetwork): Promise<ProbeEndpoint> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://network.local')
    if (pathname !== '/probe') return void response.writeHead(404).end()
    const answer = network.probe(searchParams.get('from') ?? '', searchParams.get('node') ?? '')
    if (answer === undefined) return void response.writeHead(204).end()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
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

/** How long the endpoint itself may take; beyond that it is silence. */
const endpointMilliseconds = 1_000

/** The wire of a prober in another process. */
export function probeWireOverHttp(url: string): ProbeWire {
  return async (from, node, signal) => {
    const query = new URLSearchParams({ from, node })
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(endpointMilliseconds)])
    const response = await fetch(`${url}/probe?${query.toString()}`, { signal: deadline })
    return response.status === 200 ? answerSchema.parse(await response.json()) : undefined
  }
}
