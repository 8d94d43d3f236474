import type { TrialExchange } from '@failover-ip/provider'
import { redact } from '@failover-ip/provider-kit'

export interface ExchangeRecorder {
  readonly fetch: typeof globalThis.fetch
  readonly exchanges: readonly TrialExchange[]
}

/** Enough for a trial of some servers that polls for minutes. */
const mostExchanges = 5_000
const longestBody = 65_536

/** Tokens that an answer hands out, as names and values of JSON. */
const handedOut = /"[a-z_]*(?:token|device_code|secret|password)"\s*:\s*"([^"[][^"]{7,})"/gi
const mostHandedOut = 200

/**
 * The same `fetch`, which notes what it sends and gets, without credentials: neither those given nor those that an answer
 * hands out, of which each has a number of its own.
 */
export function recordExchanges(fetch: typeof globalThis.fetch, secrets: readonly string[]): ExchangeRecorder {
  const exchanges: TrialExchange[] = []
  const learned: string[] = []
  const clean = (text: string): string => {
    const known = redact(text, secrets)
    for (const [, token = ''] of known.matchAll(handedOut)) {
      if (!learned.includes(token) && learned.length < mostHandedOut) learned.push(token)
    }
    const cleaned = learned.reduce((left, token, index) => left.replaceAll(token, `[redacted ${index + 1}]`), known)
    return cleaned.slice(0, longestBody)
  }
  return {
    exchanges,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      const { pathname, search } = new URL(request.url)
      const asked = {
        method: request.method,
        path: clean(`${pathname}${search}`),
        requestBody: clean(await request.clone().text()),
      }
      const note = (answer: Pick<TrialExchange, 'status' | 'body'>): void => {
        exchanges.push({ ...asked, ...answer })
        if (exchanges.length > mostExchanges) exchanges.shift()
      }
      try {
        const response = await fetch(request)
        const copy = response.clone()
        note({ status: response.status, body: clean(await copy.text()) })
        return response
      } catch (error) {
        note({ status: null, body: '' })
        throw error
      }
    },
  }
}
