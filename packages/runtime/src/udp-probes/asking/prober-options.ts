import type { Clock } from '@failover-ip/provider'
import type { Connect } from '../../tcp-prober/connect.ts'
import type { LieTestResult } from '../../tcp-prober/lie-test.ts'
import type { Knock } from '../net/knock.ts'
import type { ProbeChannel } from '../probe-channel.ts'

/** How a prober listens; the same for a leader and for a witness. */
export interface ProbingOptions {
  /** Of targets that name none. Default: 7476. */
  readonly port?: number
  /** Milliseconds after which an answer is missing, if the target's interval is not shorter. Default: 200. */
  readonly timeout?: number
  /**
   * TCP port at which a silent node's kernel is asked for a sign of life, that of the kubelet by default (10250); `none`:
   * it is not asked. Then a node whose agent hangs looks dead.
   */
  readonly handshakePort?: number | 'none'
  /** An IPv4 address that nobody has, reached as the nodes are: handshakes count only while it stays silent. Default: `192.0.2.1`. */
  readonly lieTestAddress?: string
  /** The same for IPv6. Default: `2001:db8::1`. */
  readonly lieTestAddressIPv6?: string
  /** Told when handshakes begin or cease to be believed. */
  readonly onLieTest?: (result: LieTestResult) => void
  /** Default: real sockets. */
  readonly connect?: Connect
}

/** With what a prober does it. */
export interface ProberPorts {
  readonly clock: Clock
  readonly channel: ProbeChannel
  readonly knock: Knock
}

export const defaultProbePort = 7476
