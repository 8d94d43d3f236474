import type { KubernetesTransport } from '@failover-ip/kubernetes'
import { defineOperator } from '@failover-ip/operator'
import type { Connection, Endpoints, OperatorOptions, OperatorPorts } from '@failover-ip/operator'
import type { Provider } from '@failover-ip/provider'
import type { VirtualClock } from '@failover-ip/provider-testkit'

import { withFaults } from '../api/faults.ts'
import type { FaultyTransport } from '../api/faults.ts'
import type { SimulatedNetwork } from '../nodes/simulated-network.ts'
import { createSimulatedProber } from '../nodes/simulated-prober.ts'
import { operatorNamespace } from './cluster-object.ts'
import { createPauseGate } from './pause-gate.ts'

/** One operator process in virtual time. */
export interface Replica {
  readonly log: readonly string[]
  /** Its way to the API server. */
  readonly transport: FaultyTransport
  /** What it serves: `/metrics`, `/healthz`, `/readyz`. */
  get(path: string): { readonly status: number; readonly body: string }
  /** As SIGSTOP and SIGCONT. */
  pause(): void
  resume(): void
  /** As SIGTERM; resolves when it has ended, in virtual time. */
  stop(): Promise<void>
  /** As SIGKILL: nothing of it is sent or seen any more. */
  kill(): Promise<void>
}

export interface ReplicaOptions<Parameters, Credentials> {
  readonly provider: Provider<Parameters, Credentials>
  readonly clock: VirtualClock
  readonly random: () => number
  /** To the cloud. */
  readonly fetch: typeof globalThis.fetch
  readonly transport: KubernetesTransport
  readonly network: SimulatedNetwork
  readonly options: Partial<OperatorOptions>
  readonly ports: Partial<OperatorPorts>
}

export function startReplica<Parameters, Credentials>(world: ReplicaOptions<Parameters, Credentials>): Replica {
  const { provider, clock: time, network } = world
  const log: string[] = []
  const served: Record<string, Endpoints[string]> = {}
  const gate = createPauseGate()
  const clock = gate.clock(time)
  const transport = withFaults(world.transport, time)
  const connection: Connection = {
    transport: gate.transport(transport),
    server: 'embedded',
    namespace: undefined,
    close: () => undefined,
  }
  const stop = new AbortController()
  // With keys it probes as the shipped program does, over the network of this machine.
  const createProber: OperatorPorts['createProber'] = () =>
    createSimulatedProber({ clock, wire: gate.call((from, node) => Promise.resolve(network.probe(from, node))) })
  const operator = defineOperator(provider, {
    clock,
    random: world.random,
    fetch: gate.call(world.fetch),
    connect: () => Promise.resolve(connection),
    ...(world.options.probeKeyDirectory === undefined ? { createProber } : {}),
    serve: (_address, endpoints) => {
      Object.assign(served, endpoints)
      return Promise.resolve({ port: 0, close: () => Promise.resolve() })
    },
    output: { write: (line) => void log.push(line) },
    ...world.ports,
  })
  const ended = operator.runWith({ ...operatorOptions(provider.name), ...world.options }, { signal: stop.signal })
  // The end is looked at in `stop`.
  ended.catch(() => undefined)
  let isDead = false
  return {
    log,
    transport,
    get: (path) => {
      const response = served[path]?.()
      return { status: response?.status ?? 404, body: response?.body ?? '' }
    },
    pause: () => gate.pause(),
    resume: () => gate.resume(),
    stop: async () => {
      if (isDead) return
      gate.resume()
      stop.abort(new Error('the test stops the operator'))
      await time.advanceUntil(ended)
    },
    kill: async () => {
      isDead = true
      gate.pause()
      stop.abort(new Error('the test kills the operator'))
      await time.advance(0)
    },
  }
}

function operatorOptions(provider: string): OperatorOptions {
  return {
    kubeconfig: undefined,
    namespace: operatorNamespace,
    leaderElect: true,
    leaseName: `failover-ip-${provider}`,
    leaseTiming: { leaseDuration: 4000, renewDeadline: 3000, retryPeriod: 500, renewInterval: 1000 },
    metricsBindAddress: ':8080',
    healthProbeBindAddress: ':8081',
    logLevel: 'debug',
    logFormat: 'json',
    dryRun: false,
    controllerName: `failover-ip.dev/${provider}`,
    nodeName: undefined,
    probeKeyDirectory: undefined,
    probePort: 7476,
    lieTestAddresses: { ipv4: '192.0.2.1', ipv6: '2001:db8::1' },
  }
}
