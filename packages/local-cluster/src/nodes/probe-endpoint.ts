import { createServer } from 'node:http'

import { z } from 'zod'

import { listenOnLoopback } from '../listen-on-loopback.ts'
import type { ListeningServer } from '../listen-on-loopback.ts'
import type { SimulatedNetwork } from './simulated-network.ts'
import type { ProbeWire } from './simulated-prober.ts'

/** Lets other processes probe through a simulated network. */
export type ProbeEndpoint = ListeningServer

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
  return await listenOnLoopback(server, 0)
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
