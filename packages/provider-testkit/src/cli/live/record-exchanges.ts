import type { TrialExchange } from '@failover-ip/provider'
import { redact } from '@failover-ip/provider-kit'

export interface ExchangeRecorder {
  readonly fetch: typeof globalThis.fetch
  readonly exchanges: readonly TrialExchange[]
}

/** Enough for a trial of some servers that polls for minutes. */
const mostExchanges = 5_000
const longestBody = 65_536

/** The same `fetch`, which notes what it sends and gets, without credentials. */
export function recordExchanges(fetch: typeof globalThis.fetch, secrets: readonly string[]): ExchangeRecorder {
  const exchanges: TrialExchange[] = []
  const clean = (text: string): string => redact(text.slice(0, longestBody), secrets)
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
