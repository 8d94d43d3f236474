import { createKubernetesClient, nodeResource } from '@failover-ip/kubernetes'
import type { KubernetesTransport } from '@failover-ip/kubernetes'
import type { Clock } from '@failover-ip/provider'

import { generateUid } from '../api/object-name.ts'
import { runKubelet } from './kubelet.ts'
import { runNodeLifecycle } from './node-lifecycle.ts'
import { apiServer } from './simulated-network.ts'
import type { SimulatedNetwork } from './simulated-network.ts'
import type { SimulatedNodeSpec } from './simulated-node.ts'

/** Machines that run kubelets, and the controller that notices when they do not. All methods name a node. */
export interface SimulatedNodes extends AsyncDisposable {
  readonly specs: readonly SimulatedNodeSpec[]
  powerOff(name: string): void
  /** Boots it anew, with another boot id. Without effect while it has power. */
  powerOn(name: string): void
  /** Freezes it with all it runs, as SIGSTOP or a stuck hypervisor does. */
  pause(name: string): void
  resume(name: string): void
  /** Cuts it off from the given members of the network, by default from all. */
  partition(name: string, peers?: readonly string[]): void
  /** Ends every partition of it. */
  rejoin(name: string): void
  /** As `kubectl cordon`. */
  cordon(name: string): Promise<void>
  uncordon(name: string): Promise<void>
  /** As `kubectl drain` on a node without pods: it is cordoned. */
  drain(name: string): Promise<void>
}

export interface SimulatedNodesOptions {
  readonly specs: readonly SimulatedNodeSpec[]
  readonly transport: KubernetesTransport
  readonly clock: Clock
  readonly network: SimulatedNetwork
  /** In [0, 1): for boot ids. */
  readonly random: () => number
  /** Default: 10,000, as a kubelet's. */
  readonly leaseIntervalMilliseconds?: number
  /** Default: 50,000, as kube-controller-manager's. */
  readonly graceMilliseconds?: number
}

interface Machine {
  readonly spec: SimulatedNodeSpec
  readonly bootID: string
  readonly power: AbortController
  paused: boolean
}

/**
 * Starts all machines; they register by themselves.
 * @example
 * const nodes = createSimulatedNodes({ specs: scalewayNodes(3), transport: api.transport, clock, network, random })
 * nodes.powerOff('node-1')
 */
export function createSimulatedNodes(options: SimulatedNodesOptions): SimulatedNodes {
  const { specs, transport, clock, network, random } = options
  const { leaseIntervalMilliseconds = 10_000, graceMilliseconds = 50_000 } = options
  const client = createKubernetesClient({ transport, clock })
  const machines = new Map<string, Machine>()
  const running = new Set<Promise<void>>()
  const stop = new AbortController()

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => running.delete(tracked))
    running.add(tracked)
  }

  const boot = (spec: SimulatedNodeSpec): void => {
    const machine: Machine = { spec, bootID: generateUid(random), power: new AbortController(), paused: false }
    machines.set(spec.name, machine)
    network.attach(spec.name, machine.bootID)
    const canReachApi = (): boolean => !machine.paused && network.hears(spec.name, apiServer)
    const signal = AbortSignal.any([machine.power.signal, stop.signal])
    track(runKubelet({ client, clock, spec, bootID: machine.bootID, canReachApi, leaseIntervalMilliseconds, signal }))
  }

  const machineOf = (name: string): Machine => {
    const machine = machines.get(name)
    if (machine === undefined) throw new RangeError(`there is no node ${name}`)
    return machine
  }

  const schedule = async (name: string, unschedulable: true | null): Promise<void> => {
    const patch = { type: 'strategic-merge', body: { spec: { unschedulable } } } as const
    await client.patch(nodeResource, { name }, patch, { signal: stop.signal })
  }

  specs.forEach(boot)
  track(runNodeLifecycle({ client, clock, signal: stop.signal, graceMilliseconds }))

  return {
    specs,
    powerOff: (name) => {
      machineOf(name).power.abort()
      network.silence(name)
    },
    powerOn: (name) => {
      const { spec, power } = machineOf(name)
      if (power.signal.aborted) boot(spec)
    },
    pause: (name) => {
      machineOf(name).paused = true
      network.silence(name)
    },
    resume: (name) => {
      const machine = machineOf(name)
      machine.paused = false
      if (!machine.power.signal.aborted) network.attach(name, machine.bootID)
    },
    partition: (name, peers) => {
      if (peers === undefined) network.isolate(machineOf(name).spec.name)
      else for (const peer of peers) network.cut(machineOf(name).spec.name, peer)
    },
    rejoin: (name) => network.rejoin(machineOf(name).spec.name),
    cordon: (name) => schedule(name, true),
    uncordon: (name) => schedule(name, null),
    drain: (name) => schedule(name, true),
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await Promise.all(running)
    },
  }
}
