import type { ProbeEvidence, ProbeTarget } from '@failover-ip/core'
import type { Clock } from '@failover-ip/provider'
import { createVirtualClock, type VirtualClock } from '@failover-ip/provider-testkit'
import type { ConnectOutcome } from '../../tcp-prober/connect.ts'
import { createStation, type Station } from '../answering/station.ts'
import { createProber, type ChannelProber } from '../asking/create-prober.ts'
import type { ProbingOptions } from '../asking/prober-options.ts'
import type { OnPacket } from '../net/datagrams.ts'
import { createProbeChannel, type ProbeChannel } from '../probe-channel.ts'
import { createProbeCounters, type ProbeCounters } from '../probe-counters.ts'
import { createKeyRing, type KeyRing } from '../wire/key-ring.ts'
import { createSimulatedNetwork, type SimulatedNetwork } from './simulated-network.ts'

export const secret = (seed: number): Uint8Array => new Uint8Array(32).fill(seed)
const port = 7476
/** What answers TCP at an address that nobody has. */
export const nobody = '192.0.2.1'

export interface SimulatedNode {
  readonly host: string
  readonly station: Station
  readonly counters: ProbeCounters
  keyRing: KeyRing
  /** Milliseconds by which its wall clock is ahead. */
  skew: number
  /** The process ends; the kernel lives on. */
  kill(): void
}

export interface SimulatedLeader {
  readonly prober: ChannelProber
  readonly counters: ProbeCounters
  readonly heard: ProbeEvidence[]
  keyRing: KeyRing
  skew: number
}

/** A leader and nodes with their agents, on a network in virtual time. */
export interface SimulatedCluster {
  readonly clock: VirtualClock
  readonly network: SimulatedNetwork
  /** What answers TCP handshakes, by host; who is not there is silent. */
  readonly handshakes: Map<string, ConnectOutcome>
  node(name: string, options?: { readonly bootID?: string; readonly skew?: number }): SimulatedNode
  leader(options?: ProbingOptions): SimulatedLeader
  target(name: string, interval?: number): ProbeTarget
}

export function createSimulatedCluster(): SimulatedCluster {
  const clock = createVirtualClock()
  const network = createSimulatedNetwork(clock)
  const handshakes = new Map<string, ConnectOutcome>()
  const hosts = new Map<string, string>()
  let sessions = 0

  const hostOf = (name: string): string => {
    const host = hosts.get(name) ?? `10.0.${hosts.size >> 8}.${hosts.size & 255}`
    hosts.set(name, host)
    return host
  }
  const parts = (host: string, at: number, part: { keyRing: KeyRing; skew: number }) => {
    const counters = createProbeCounters()
    const own: Clock = { ...clock, now: () => clock.now() + part.skew }
    const onPacket: OnPacket = (packet, from) => channel.receive(packet, from)
    const channel: ProbeChannel = createProbeChannel({
      session: (sessions += 1).toString(16).padStart(16, '0'),
      keyRing: () => part.keyRing,
      clock: own,
      counters,
      datagrams: network.open({ host, port: at }, onPacket),
    })
    const connect: ProbingOptions['connect'] = async (address, { signal }) => {
      const answer = handshakes.get(address.host)
      await clock.sleep(answer === undefined ? 3_600_000 : 1, { signal })
      return answer ?? 'unreachable'
    }
    return { clock: own, counters, channel, connect, knock: network.knock(host) }
  }

  return {
    clock,
    network,
    handshakes,
    node: (name, { bootID = `boot of ${name}`, skew = 0 } = {}) => {
      const host = hostOf(name)
      const part = { keyRing: createKeyRing({ current: secret(1) }), skew }
      const { channel, counters, ...ports } = parts(host, port, part)
      const station = createStation({ node: name, bootID, counters, channel, ...ports })
      const kernel = network.open({ host, port: 1 }, () => undefined)
      const kill = (): void => {
        station.stop()
        void channel.datagrams.close()
      }
      return Object.assign(part, { host, station, counters, kernel, kill })
    },
    leader: (options = {}) => {
      const part = { keyRing: createKeyRing({ current: secret(1) }), skew: 0 }
      const { counters, ...ports } = parts(`10.8.0.${(sessions += 1)}`, 40_000, part)
      const prober = createProber(ports, { connect: ports.connect, ...options })
      const heard: ProbeEvidence[] = []
      prober.listen((evidence) => heard.push(evidence))
      return Object.assign(part, { prober, counters, heard })
    },
    target: (name, interval = 200) => ({ node: name, address: hostOf(name), interval }),
  }
}
