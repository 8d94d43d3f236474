import { parseProbeAddress } from '@failover-ip/core'
import type { ProbeEvidence, Prober, ProbeTarget } from '@failover-ip/core'
import { parseOptions, type Clock } from '@failover-ip/provider'
import { systemClock } from '../system-clock.ts'
import { type Connect, connectTcp } from './connect.ts'
import { handshake } from './handshake.ts'
import { createLieTest, type LieTestResult } from './lie-test.ts'
import { optionsSchema } from './options-schema.ts'

export interface TcpProberOptions {
  /**
   * Least milliseconds between two probes of one node, whatever the engine asks for (it asks for `detection.interval` at
   * holders and for less at others). Default: 50.
   */
  readonly interval?: number
  /** Milliseconds after which an answer is missing. Default: 200. */
  readonly timeout?: number
  /** Of targets that name none. Default: 22. */
  readonly port?: number
  /** An IPv4 address that nobody has, reached as the nodes are. Default: `192.0.2.1`, of a range for documentation. */
  readonly lieTestAddress?: string
  /** The same for IPv6. Default: `2001:db8::1`. */
  readonly lieTestAddressIPv6?: string
  /** Told when handshakes begin or cease to be believed. */
  readonly onLieTest?: (result: LieTestResult) => void
  /** Default: the system's. */
  readonly clock?: Clock
  /** Default: real sockets. */
  readonly connect?: Connect
}

/** This machine could not send the probe: nothing is learnt about the node. */
export class ProbeNotSentError extends Error {
  override readonly name: string = 'ProbeNotSentError'
  readonly code = 'ProbeNotSent' as const

  constructor({ node, address }: ProbeTarget) {
    super(`Node "${node}" could not be probed at "${address}": it must be an IP address, and sockets must be allowed.`)
  }
}

/** Milliseconds for which the outcome of a lie test holds. */
const lieTestValidity = 60_000

/**
 * Hears nodes by TCP handshakes, for failover without Kubernetes. A handshake is reported as proof of life (`reply`)
 * once the same probe to an address that nobody has stayed without answer, and as a hint before; a refusal is a hint.
 * One socket per node at a time. It has no witnesses. Throws `ConfigurationError` when something about the options is wrong.
 *
 * @example
 * const prober = tcpProber({ interval: 200 })
 */
export function tcpProber(options: TcpProberOptions = {}): Prober {
  parseOptions(optionsSchema, options, 'tcpProber')
  const { interval: leastInterval = 50, timeout = 200, clock = systemClock(), connect = connectTcp } = options
  const attempt = { connect, clock, timeout }
  const lieTest = createLieTest({
    ...attempt,
    addresses: { ipv4: options.lieTestAddress ?? '192.0.2.1', ipv6: options.lieTestAddressIPv6 ?? '2001:db8::1' },
    validity: lieTestValidity,
    onResult: options.onLieTest ?? (() => undefined),
  })
  const listeners = new Set<(evidence: ProbeEvidence) => void>()
  const watched = new Map<string, { readonly target: ProbeTarget; readonly stop: AbortController }>()

  const probe = async (target: ProbeTarget, signal: AbortSignal): Promise<ProbeEvidence | undefined> => {
    const { host, port = options.port ?? 22 } = parseProbeAddress(target.address) ?? {}
    if (host === undefined) return undefined
    const sentAt = clock.monotonic()
    const outcome = await handshake(attempt, { host, port }, signal)
    const evidence = { node: target.node, vantage: 'leader', at: clock.monotonic(), sentAt }
    switch (outcome) {
      case 'connected': {
        const proof = await lieTest.isPassed(host.includes(':') ? 'ipv6' : 'ipv4', port)
        return { ...evidence, kind: proof ? 'reply' : 'handshake' }
      }
      case 'refused':
        return { ...evidence, kind: 'refused' }
      case 'silent':
        return { ...evidence, kind: 'silence' }
      case 'unsent':
        return undefined
    }
  }

  const follow = async (target: ProbeTarget, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const began = clock.monotonic()
      const evidence = await probe(target, signal)
      if (signal.aborted) return
      if (evidence !== undefined) for (const listener of listeners) listener(evidence)
      const rest = Math.max(target.interval, leastInterval) - (clock.monotonic() - began)
      await clock.sleep(Math.max(0, rest), { signal })
    }
  }

  const start = (target: ProbeTarget): void => {
    const stop = new AbortController()
    watched.set(target.node, { target, stop })
    follow(target, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error
    })
  }

  return {
    watch: (targets) => {
      const wanted = new Map(targets.map((target) => [target.node, target]))
      for (const [node, { target, stop }] of watched) {
        if (isSame(target, wanted.get(node))) continue
        watched.delete(node)
        stop.abort()
      }
      for (const target of wanted.values()) if (!watched.has(target.node)) start(target)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    probe: async (target, { signal }) => {
      const evidence = await probe(target, signal)
      signal.throwIfAborted()
      if (evidence === undefined) throw new ProbeNotSentError(target)
      return evidence
    },
    askWitnesses: () => Promise.resolve([]),
  }
}

function isSame(a: ProbeTarget, b: ProbeTarget | undefined): boolean {
  return a.address === b?.address && a.interval === b.interval
}
