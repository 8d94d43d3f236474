import type { Clock } from '@failover-ip/provider'
import { expect, test } from 'vitest'
import type { Logger } from '../logging/logger.ts'
import { StartError } from '../start-error.ts'
import type { ServeEndpoints } from './serve-endpoints.ts'
import { serveHealthAndMetrics } from './serve-health-and-metrics.ts'

const what = { unsynced: () => [], renderMetrics: () => '' }
const apart = { metricsBindAddress: ':8082', healthProbeBindAddress: '127.0.0.1:8083' }

/** A machine on which ports are taken by others, with a clock that passes at once. */
function setUp(taken: Set<number>) {
  const served = new Map<number, readonly string[]>()
  const log: string[] = []
  const pauses: number[] = []
  const note =
    (level: string) =>
    (message: string): void =>
      void log.push(`${level}: ${message}`)
  const logger: Logger = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
  const serve: ServeEndpoints = ({ port }, endpoints) => {
    if (taken.has(port)) return Promise.reject(new StartError(`Cannot listen on :${port}.`))
    served.set(port, Object.keys(endpoints))
    return Promise.resolve({ port, close: () => Promise.resolve(void served.delete(port)) })
  }
  const sleep: Clock['sleep'] = async (milliseconds, { signal } = {}) => {
    pauses.push(milliseconds)
    await new Promise((resolve) => void setImmediate(resolve))
    signal?.throwIfAborted()
  }
  const clock: Clock = { now: () => 0, monotonic: () => 0, sleep }
  return { served, log, pauses, ports: { serve, clock, logger } }
}

test('both have their address, or one of them both', async () => {
  const { served, ports, log } = setUp(new Set())
  const servers = await serveHealthAndMetrics(ports, apart, what)
  expect(served).toEqual(
    new Map([
      [8082, ['/metrics']],
      [8083, ['/healthz', '/readyz']],
    ]),
  )
  await servers.close()
  expect(served.size).toBe(0)
  await serveHealthAndMetrics(ports, { ...apart, metricsBindAddress: apart.healthProbeBindAddress }, what)
  expect(served).toEqual(new Map([[8083, ['/healthz', '/readyz', '/metrics']]]))
  expect(log).toEqual([])
})

test('an address of metrics that is taken ends nothing: it is said once, and tried again less and less often', async () => {
  const taken = new Set([8082])
  const { served, ports, log, pauses } = setUp(taken)
  const servers = await serveHealthAndMetrics(ports, apart, what)
  expect([...served.keys()]).toEqual([8083])
  await expect.poll(() => pauses.length).toBeGreaterThan(8)
  expect(pauses.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
  expect(log).toEqual(['error: Serving no metrics; all else goes on, and it is tried again.'])
  taken.clear()
  await expect.poll(() => [...served.keys()]).toContain(8082)
  expect(log.slice(1)).toEqual(['info: Serving metrics now.'])
  await servers.close()
  expect(served.size).toBe(0)
})

test('one that is never free is given up when all is closed', async () => {
  const { ports, pauses } = setUp(new Set([8082]))
  const servers = await serveHealthAndMetrics(ports, apart, what)
  await servers.close()
  const { length } = pauses
  await new Promise((resolve) => void setImmediate(resolve))
  expect(pauses).toHaveLength(length)
})

test('an address of health that is taken ends the process, with nothing left open', async () => {
  const { served, ports } = setUp(new Set([8083]))
  await expect(serveHealthAndMetrics(ports, apart, what)).rejects.toThrow(StartError)
  expect(served.size).toBe(0)
})
