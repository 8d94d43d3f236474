import { handshake, type HandshakeOptions } from './handshake.ts'

export interface LieTestResult {
  readonly address: string
  readonly port: number
  /** Nobody answered for it: a handshake with somebody else at this port is true. */
  readonly passed: boolean
}

export interface LieTestOptions extends HandshakeOptions {
  /** Addresses that nobody has. */
  readonly addresses: { readonly ipv4: string; readonly ipv6: string }
  /** Milliseconds for which a result holds. */
  readonly validity: number
  /** Told of every result that differs from the one before. */
  readonly onResult: (result: LieTestResult) => void
}

export interface LieTest {
  /** Whether handshakes at the port may be believed; asks when that is not known, or was asked too long ago. */
  isPassed(family: 'ipv4' | 'ipv6', port: number): Promise<boolean>
}

interface Trial {
  readonly at: number
  readonly passed: Promise<boolean>
}

/**
 * Finds out whether something between here and there (a proxy, a firewall) completes handshakes by itself, by trying one
 * with an address that nobody has. One trial per family and port at a time.
 */
export function createLieTest(options: LieTestOptions): LieTest {
  const { clock, addresses, validity, onResult } = options
  const trials = new Map<string, Trial>()
  const known = new Map<string, boolean>()

  const attempt = async (key: string, address: string, port: number): Promise<boolean> => {
    // It ends by its own time-out: several probes may wait for it, and none of them may end it.
    const outcome = await handshake(options, { host: address, port }, new AbortController().signal)
    if (outcome === 'unsent') {
      trials.delete(key)
      return false
    }
    const passed = outcome === 'silent'
    if (known.get(key) !== passed) onResult({ address, port, passed })
    known.set(key, passed)
    return passed
  }

  return {
    isPassed: (family, port) => {
      const key = `${family} ${port}`
      const last = trials.get(key)
      if (last !== undefined && clock.monotonic() - last.at < validity) return last.passed
      const trial = { at: clock.monotonic(), passed: attempt(key, addresses[family], port) }
      trials.set(key, trial)
      return trial.passed
    },
  }
}
