import { ProviderError } from '@failover-ip/provider'
import type { CallOptions, Clock } from '@failover-ip/provider'

export interface Deadline {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Default: 8000. The engine gives a read 10 s for all of its parts, and takes an answer that comes in this time. */
  readonly milliseconds?: number
  /** Who is waited for, for the error: `Acme`. */
  readonly what: string
}

const defaultMilliseconds = 8000

/**
 * Runs something with a signal that ends in time, with a `Transient` error as its reason, which `settled` gives as data. A read of
 * several parts (zones, families, servers) so answers what it knows although one of them hangs.
 *
 * @example
 * observe: (units, { signal }) =>
 *   withDeadline({ clock, signal, what: 'Acme' }, async (call) => {
 *     const zones = await Promise.all(['north', 'south'].map((zone) => settled(listAddresses(zone, call))))
 *     …
 *   })
 */
export async function withDeadline<Value>(
  { clock, signal, milliseconds = defaultMilliseconds, what }: Deadline,
  run: (call: CallOptions) => Promise<Value>,
): Promise<Value> {
  const deadline = new AbortController()
  const over = new AbortController()
  const message = `${what} did not answer within ${milliseconds / 1000} s.`
  const end = (): void => deadline.abort(new ProviderError('Transient', message, { outcome: 'not-applied' }))
  clock.sleep(milliseconds, { signal: over.signal }).then(end, () => undefined)
  try {
    return await run({ signal: AbortSignal.any([signal, deadline.signal]) })
  } finally {
    over.abort()
  }
}
