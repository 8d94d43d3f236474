import type { Clock } from '@failover-ip/provider'
import { connectTcp, type Connect } from '../../tcp-prober/connect.ts'
import { handshake } from '../../tcp-prober/handshake.ts'
import { createLieTest } from '../../tcp-prober/lie-test.ts'
import type { ProbingOptions } from './prober-options.ts'

/** What answers a TCP handshake at a node's address, as far as it can be believed. */
export interface Handshakes {
  /** Keeps it known whether handshakes may be believed, so that nobody waits for it who has a silent node. */
  keepKnown(host: string): void
  /** Resolves with nothing when nobody answers, or when an address that nobody has is answered, too. */
  shake(host: string, patience: number, signal: AbortSignal): Promise<'handshake' | 'refused' | undefined>
}

/** Milliseconds for which the outcome of a lie test holds. */
const lieTestValidity = 60_000

export function createHandshakes(
  options: ProbingOptions,
  { clock, timeout }: { readonly clock: Clock; readonly timeout: number },
): Handshakes | undefined {
  const { handshakePort: port = 10_250 } = options
  if (port === 'none') return undefined
  const connect: Connect = options.connect ?? connectTcp
  const lieTest = createLieTest({
    connect,
    clock,
    timeout,
    addresses: { ipv4: options.lieTestAddress ?? '192.0.2.1', ipv6: options.lieTestAddressIPv6 ?? '2001:db8::1' },
    validity: lieTestValidity,
    onResult: options.onLieTest ?? (() => undefined),
  })
  const isBelieved = (host: string): Promise<boolean> => lieTest.isPassed(host.includes(':') ? 'ipv6' : 'ipv4', port)
  return {
    keepKnown: (host) => void isBelieved(host),
    shake: async (host, patience, signal) => {
      const believed = isBelieved(host)
      const outcome = await handshake({ connect, clock, timeout: patience }, { host, port }, signal)
      if ((outcome !== 'connected' && outcome !== 'refused') || !(await believed)) return undefined
      return outcome === 'connected' ? 'handshake' : 'refused'
    },
  }
}
