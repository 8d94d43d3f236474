import type { Clock } from '@failover-ip/provider'
import type { Connect, TcpAddress } from './connect.ts'

export interface HandshakeOptions {
  readonly connect: Connect
  readonly clock: Clock
  /** Milliseconds that an answer may take. */
  readonly timeout: number
}

export type HandshakeOutcome = 'connected' | 'refused' | 'silent' | 'unsent'

/** One handshake within its time. Rejects with the signal's reason alone; leaves neither socket nor timer behind. */
export async function handshake(
  { connect, clock, timeout }: HandshakeOptions,
  address: TcpAddress,
  signal: AbortSignal,
): Promise<HandshakeOutcome> {
  const late = new AbortController()
  const settled = new AbortController()
  clock.sleep(timeout, { signal: settled.signal }).then(
    () => late.abort(),
    () => undefined,
  )
  try {
    const outcome = await connect(address, { signal: AbortSignal.any([signal, late.signal]) })
    return outcome === 'unreachable' ? 'silent' : outcome
  } catch (error) {
    if (signal.aborted || !late.signal.aborted) throw error
    return 'silent'
  } finally {
    settled.abort()
  }
}
