import type { LiveNode, NodeState, Taint } from '@failover-ip/core'
import type { Clock } from '@failover-ip/provider'
import { apiServer } from '@failover-ip/local-cluster'
import type { SimulatedNetwork } from '@failover-ip/local-cluster'
import type { Random } from '../random.ts'

/** A machine of the cluster, with its kubelet, and what the node controller thinks of it. */
export interface SimulatedNode {
  readonly name: string
  /** At the provider. */
  readonly server: string
  /** Renewals of its Lease so far. */
  readonly renewals: number
  readonly powered: boolean
  /**
   * Since when nothing at all has been wrong with it, monotonic; `undefined` while something is.
   */
  readonly wellSince: number | undefined
  powerOff(): void
  powerOn(): void
  /** Cuts its cable, or plugs it in again. */
  setConnected(connected: boolean): void
  setKubelet(runs: boolean): void
  cordon(unschedulable: boolean): void
  /** As a cache has it; `leaseSeenAt` is the reader's own. */
  state(leaseSeenAt: number | undefined): NodeState
  live(leaseSeenAt: number | undefined): LiveNode
  /** Heartbeats and verdicts until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>
}

export interface SimulatedNodeOptions {
  readonly name: string
  readonly server: string
  readonly providerID: string
  readonly zone: string
  readonly clock: Clock
  readonly network: SimulatedNetwork
  readonly random: Random
  /** Whether it can be probed. */
  readonly probes: boolean
  readonly onChange: () => void
  /** Since when the node controller has been able to see heartbeats; `undefined` while it is away. */
  readonly controllerSince: () => number | undefined
}

/** Kubelets renew every 10 s; the controller looks every 5 s, its grace is that of Kubernetes 1.32: some 45 s from death. */
const heartbeat = 10_000
const controllerPeriod = 5000
const grace = 50_000

export function createSimulatedNode(options: SimulatedNodeOptions): SimulatedNode {
  const { name, server, providerID, zone, clock, network, random, probes, onChange, controllerSince } = options
  const labels = { 'kubernetes.io/hostname': name }
  const host = Number(name.replace(/\D/g, '')) || 1
  let boots = 1
  let powered = true
  let kubelet = true
  let unschedulable = false
  let connected = true
  let changedAt = Number.NEGATIVE_INFINITY
  let ready: 'True' | 'Unknown' = 'True'
  let renewals = 1
  let renewedAt = clock.monotonic()
  network.attach(name, `${name}-boot-1`)

  const renew = (): void => {
    if (!powered || !kubelet || controllerSince() === undefined || !network.hears(name, apiServer)) return
    renewals += 1
    renewedAt = clock.monotonic()
    ready = 'True'
    onChange()
  }
  const judge = (): void => {
    const since = controllerSince()
    if (since === undefined || ready === 'Unknown') return
    if (clock.monotonic() - Math.max(renewedAt, since) < grace) return
    ready = 'Unknown'
    onChange()
  }
  const every = async (period: number, task: () => void, signal: AbortSignal): Promise<void> => {
    await clock.sleep(random.whole(0, period), { signal })
    for (;;) {
      task()
      await clock.sleep(period, { signal })
    }
  }

  return {
    name,
    server,
    get renewals() {
      return renewals
    },
    get powered() {
      return powered
    },
    get wellSince() {
      return powered && kubelet && connected && !unschedulable ? changedAt : undefined
    },
    powerOff: () => {
      powered = false
      network.silence(name)
    },
    powerOn: () => {
      if (powered) return
      powered = true
      changedAt = clock.monotonic()
      boots += 1
      network.attach(name, `${name}-boot-${boots}`)
      renew()
    },
    setConnected: (value) => {
      connected = value
      changedAt = clock.monotonic()
      if (connected) network.rejoin(name)
      else network.isolate(name)
    },
    setKubelet: (runs) => {
      kubelet = runs
      changedAt = clock.monotonic()
      renew()
    },
    cordon: (value) => {
      unschedulable = value
      changedAt = clock.monotonic()
      onChange()
    },
    state: (leaseSeenAt) => ({
      facts: { name, providerID, addresses: [`10.0.0.${host}`], hostname: name, labels, annotations: {} },
      uid: `uid-${name}`,
      zone,
      unschedulable,
      taints: taintsOf(unschedulable, ready),
      ready,
      networkUnavailable: false,
      deleting: false,
      bootID: `${name}-boot-${boots}`,
      ...(probes ? { probeAddress: `10.0.0.${host}:7476` } : {}),
      leaseInterval: heartbeat,
      ...(leaseSeenAt === undefined ? {} : { leaseSeenAt }),
    }),
    live: (leaseSeenAt) => ({
      kind: 'present',
      uid: `uid-${name}`,
      ready,
      leaseRenewed: leaseSeenAt === undefined ? undefined : renewedAt > leaseSeenAt,
    }),
    run: async (signal) => {
      await Promise.all([every(heartbeat, renew, signal), every(controllerPeriod, judge, signal)])
    },
  }
}

function taintsOf(unschedulable: boolean, ready: 'True' | 'Unknown'): readonly Taint[] {
  const cordoned: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
  const unreachable: readonly Taint[] = [
    { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
  ]
  return [...(unschedulable ? [cordoned] : []), ...(ready === 'Unknown' ? unreachable : [])]
}
