import type { OperatorOptions } from '../options/operator-options.ts'
import { parseBindAddress } from './bind-address.ts'
import type { Endpoints } from './endpoint.ts'
import { probeEndpoints } from './probe-endpoints.ts'
import type { ServedEndpoints, ServeEndpoints } from './serve-endpoints.ts'

export interface OperatorEndpoints {
  readonly unsynced: () => readonly string[]
  readonly renderMetrics: () => string
}

/** Serves health and metrics where the options say, on one socket when both have the same address. */
export async function serveOperator(
  serve: ServeEndpoints,
  { metricsBindAddress, healthProbeBindAddress }: OperatorOptions,
  { unsynced, renderMetrics }: OperatorEndpoints,
): Promise<readonly ServedEndpoints[]> {
  const contentType = 'text/plain; version=0.0.4; charset=utf-8'
  const metrics: Endpoints = { '/metrics': () => ({ status: 200, contentType, body: renderMetrics() }) }
  const probes = probeEndpoints(unsynced)
  const wanted: readonly (readonly [string, Endpoints])[] =
    metricsBindAddress === healthProbeBindAddress
      ? [[metricsBindAddress, { ...metrics, ...probes }]]
      : [
          [healthProbeBindAddress, probes],
          [metricsBindAddress, metrics],
        ]
  const served: ServedEndpoints[] = []
  try {
    for (const [text, endpoints] of wanted) {
      const address = parseBindAddress(text)
      if (address !== undefined) served.push(await serve(address, endpoints))
    }
  } catch (error) {
    await Promise.all(served.map((server) => server.close()))
    throw error
  }
  return served
}
