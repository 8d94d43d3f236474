import { randomBytes } from 'node:crypto'
import type { Prober } from '@failover-ip/core'
import type { Clock } from '@failover-ip/provider'
import { systemClock } from '../system-clock.ts'
import { createProber } from './asking/create-prober.ts'
import type { ProbingOptions } from './asking/prober-options.ts'
import { knockUdp } from './net/knock.ts'
import { openUdpSockets } from './net/udp-sockets.ts'
import { createProbeChannel } from './probe-channel.ts'
import { createProbeCounters, type ProbeCounts } from './probe-counters.ts'
import type { KeyRing } from './wire/key-ring.ts'

export interface UdpProberOptions extends ProbingOptions {
  /** Asked for each packet, so that keys can be replaced while it runs. */
  readonly keyRing: () => KeyRing
  /** Default: the system's. */
  readonly clock?: Clock
}

export interface UdpProber extends Prober, AsyncDisposable {
  counts(): ProbeCounts
  /** Ends all probes and closes the sockets. May be called again. */
  close(): Promise<void>
}

/**
 * Hears nodes by authenticated probes over UDP, and asks witnesses on them; `startProbeAgent` is its counterpart on each
 * node. One socket for each family of addresses serves all nodes. A reply is proof of life and carries the node's boot
 * id; silence is established after the target's interval, or after `timeout` where that is shorter. A node that is silent
 * is looked at in other ways (a refusal by ICMP, a TCP handshake), which give hints.
 *
 * Its sockets do not keep the process alive.
 *
 * @example
 * const keyRing = createKeyRing({ current: new Uint8Array(32).fill(7) })
 * await using prober = udpProber({ keyRing: () => keyRing })
 */
export function udpProber(options: UdpProberOptions): UdpProber {
  const { keyRing, clock = systemClock() } = options
  const counters = createProbeCounters()
  const onTrouble = (): void => counters.count('troubles')
  const sockets = openUdpSockets({
    hosts: ['0.0.0.0', '::'],
    port: 0,
    onPacket: (packet, from) => channel.receive(packet, from),
    onTrouble,
  })
  // Without any socket, every probe is one that could not be sent.
  sockets.bound.catch(onTrouble)
  const session = randomBytes(8).toString('hex')
  const channel = createProbeChannel({ session, keyRing, clock, counters, datagrams: sockets })
  const prober = createProber({ clock, channel, knock: knockUdp }, options)
  const close = (): Promise<void> => {
    prober.stop()
    return sockets.close()
  }
  return { ...prober, counts: () => counters.read(), close, [Symbol.asyncDispose]: close }
}
