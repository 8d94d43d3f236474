import { createSocket } from 'node:dgram'
import type { Endpoint } from './datagrams.ts'
import { sendFailure } from './send-failure.ts'

export interface KnockOptions {
  readonly signal: AbortSignal
  /** Told of packets that come back. */
  readonly onPacket: (packet: Uint8Array) => void
}

/** `unsent`: this machine could not even try. `undefined`: nobody has refused it. */
export type KnockOutcome = 'refused' | 'unsent' | undefined

/**
 * Sends one packet to whom nobody else sends: whether its kernel refused it, known when it does or else when the signal
 * is aborted. Never rejects.
 */
export type Knock = (packet: Uint8Array, to: Endpoint, options: KnockOptions) => Promise<KnockOutcome>

/**
 * By a connected socket of its own: Linux hands an ICMP refusal to none but connected sockets, and Node.js cannot ask
 * for more.
 */
export const knockUdp: Knock = (packet, to, { signal, onPacket }) =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(undefined)
      return
    }
    const family = to.host.includes(':') ? 6 : 4
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      lookup: (address, _, done) => done(null, address, family),
    })
    const end = (outcome: KnockOutcome): void => {
      signal.removeEventListener('abort', abort)
      socket.removeAllListeners('message')
      socket.on('error', () => undefined)
      socket.close()
      resolve(outcome)
    }
    const abort = (): void => end(undefined)
    signal.addEventListener('abort', abort, { once: true })
    socket.on('message', onPacket)
    // What comes back and a failed send both end here; only the former speaks of the other side.
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (!signal.aborted) end(error.code === 'ECONNREFUSED' ? 'refused' : unsent(error))
    })
    socket.once('connect', () => {
      if (!signal.aborted) socket.send(packet)
    })
    socket.connect(to.port, to.host)
  })

function unsent(error: NodeJS.ErrnoException): KnockOutcome {
  return sendFailure(error) === 'unsent' ? 'unsent' : undefined
}
