import { randomBytes } from 'node:crypto'
import type { ProbeTarget } from '@failover-ip/core'
import type { Clock } from '@failover-ip/provider'
import { systemClock } from '../system-clock.ts'
import { createStation } from './answering/station.ts'
import { defaultProbePort, type ProbingOptions } from './asking/prober-options.ts'
import type { Endpoint } from './net/datagrams.ts'
import { knockUdp } from './net/knock.ts'
import { openUdpSockets } from './net/udp-sockets.ts'
import { createProbeChannel } from './probe-channel.ts'
import { createProbeCounters, type ProbeCounts } from './probe-counters.ts'
import type { KeyRing } from './wire/key-ring.ts'
import { textLimits } from './wire/probe-message.ts'

export interface ProbeAgentOptions extends ProbingOptions {
  /** The name of the node that this is: requests for others stay without an answer. At most 253 bytes. */
  readonly node: string
  /** Of this node, as its Node object has it (`/proc/sys/kernel/random/boot_id`). At most 64 bytes. */
  readonly bootID: string
  /** Asked for each packet, so that keys can be replaced while it runs. */
  readonly keyRing: () => KeyRing
  /** Told of each authentic, fresh probe that is answered, with who asked: an operator from any port, an agent from its own. */
  readonly onAnswered?: (from: Endpoint) => void
  /** Where it listens: an address of each family at most. Default: all, of both. */
  readonly hosts?: readonly string[]
  /** Closes it. */
  readonly signal: AbortSignal
  /** Default: the system's. */
  readonly clock?: Clock
}

export interface ProbeAgent extends AsyncDisposable {
  /** Where it listens; without IPv6 on this machine that is IPv4 alone. */
  readonly addresses: readonly Endpoint[]
  /**
   * Nodes to stand witness for: they are probed in their rhythm (2 s is enough), so that this path has worked when
   * somebody asks for it. Others are probed only when somebody asks.
   */
  watch(targets: readonly ProbeTarget[]): void
  counts(): ProbeCounts
  /** Ends all probes and closes the sockets. May be called again. */
  close(): Promise<void>
}

/**
 * The responder and witness of a node, on one port. It answers authentic, fresh requests that are meant for this node,
 * each once and never with more bytes than it was sent; everything else is counted and dropped. As a witness it probes
 * afresh whom it is asked about.
 *
 * Rejects with `ProbeSocketError` when the port is taken, and with a `RangeError` when the name or the boot id is too long.
 *
 * @example
 * const keyRing = createKeyRing({ current: new Uint8Array(32).fill(7) })
 * const bootID = '6a1b2c3d-0000-4000-8000-000000000000'
 * const signal = AbortSignal.timeout(60_000)
 * await using agent = await startProbeAgent({ node: 'node-1', bootID, keyRing: () => keyRing, signal })
 * agent.watch([{ node: 'node-2', address: '10.0.0.2', interval: 2000 }])
 */
export async function startProbeAgent(options: ProbeAgentOptions): Promise<ProbeAgent> {
  const { node, bootID, keyRing, signal, hosts = ['0.0.0.0', '::'], port = defaultProbePort } = options
  const { clock = systemClock() } = options
  signal.throwIfAborted()
  assertFits('name of the node', node, textLimits.node)
  assertFits('boot id', bootID, textLimits.bootID)
  const counters = createProbeCounters()
  const sockets = openUdpSockets({
    hosts,
    port,
    onPacket: (packet, from) => channel.receive(packet, from),
    onTrouble: () => counters.count('troubles'),
  })
  const session = randomBytes(8).toString('hex')
  const channel = createProbeChannel({ session, keyRing, clock, counters, datagrams: sockets })
  const station = createStation({ ...options, port, clock, counters, channel, knock: knockUdp })
  const close = (): Promise<void> => {
    signal.removeEventListener('abort', end)
    station.stop()
    return sockets.close()
  }
  const end = (): void => void close()
  try {
    const addresses = await sockets.bound
    signal.throwIfAborted()
    signal.addEventListener('abort', end, { once: true })
    return { addresses, watch: station.watch, counts: () => counters.read(), close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

function assertFits(what: string, text: string, limit: number): void {
  const length = Buffer.byteLength(text)
  if (length > limit) throw new RangeError(`The ${what} has ${length} bytes; probes carry ${limit} at most.`)
}
