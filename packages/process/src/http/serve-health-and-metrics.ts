import { parseBindAddress } from './bind-address.ts'
import type { Endpoints } from './endpoint.ts'
import { probeEndpoints } from './probe-endpoints.ts'
import type { ServedEndpoints } from './serve-endpoints.ts'
import { serveWhenFree, type ServingPorts } from './serve-when-free.ts'

export interface HealthAndMetrics {
  /** What is not known yet, in words; the process is ready once there is nothing. */
  readonly unsynced: () => readonly string[]
  readonly renderMetrics: () => string
}

/** Where each is served: `host:port`, or `0` for nowhere. */
export interface BindAddresses {
  readonly metricsBindAddress: string
  readonly healthProbeBindAddress: string
}

/**
 * Serves health and metrics where the options say, on one socket when both have the same address. Rejects with `StartError` when health
 * cannot be served: the kubelet would end the process. Metrics are served once they can be.
 */
export async function serveHealthAndMetrics(
  ports: ServingPorts,
  { metricsBindAddress, healthProbeBindAddress }: BindAddresses,
  { unsynced, renderMetrics }: HealthAndMetrics,
): Promise<Pick<ServedEndpoints, 'close'>> {
  const contentType = 'text/plain; version=0.0.4; charset=utf-8'
  const metrics: Endpoints = { '/metrics': () => ({ status: 200, contentType, body: renderMetrics() }) }
  const isOne = metricsBindAddress === healthProbeBindAddress
  const health = { ...probeEndpoints(unsynced), ...(isOne ? metrics : {}) }
  const healthAt = parseBindAddress(healthProbeBindAddress)
  const metricsAt = isOne ? undefined : parseBindAddress(metricsBindAddress)
  const healthServer = healthAt === undefined ? undefined : await ports.serve(healthAt, health)
  const metricsServer = metricsAt === undefined ? undefined : await serveWhenFree('metrics', metricsAt, metrics, ports)
  return { close: async () => void (await Promise.all([healthServer?.close(), metricsServer?.close()])) }
}
