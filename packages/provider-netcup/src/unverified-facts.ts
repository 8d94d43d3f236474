import { judgeEach } from '@failover-ip/provider'
import type { TrialExchange, TrialRecord, UnverifiedFact } from '@failover-ip/provider'
import { jsonOf } from '@failover-ip/provider-kit'
import { z } from 'zod'

/** A read or two. */
const soonSeconds = 2
const coolDownFault = 'only permitted once every 5 minutes'

/** What this package assumes of netcup and nobody has verified. `provider-testkit live` says which of it holds. */
export const unverifiedFacts: readonly UnverifiedFact[] = [
  {
    claim: 'By REST: a login hands out the refresh token that it was sent, which stays valid.',
    judge: (record) => judgeEach(loginsOf(record), ({ sent, received }) => received === undefined || received === sent),
  },
  {
    claim: 'By REST: a routing is accepted as a task, with the content type application/json.',
    judge: ({ exchanges }) =>
      judgeEach(
        exchanges.filter(({ method, status }) => method === 'PATCH' && status !== null && status !== 429),
        ({ status }) => status === 202,
      ),
  },
  {
    claim: 'Reads show a routing as soon as it is done.',
    judge: ({ moves }) =>
      judgeEach(moves, ({ doneSeconds, confirmedSeconds }) => confirmedSeconds - doneSeconds <= soonSeconds),
  },
  {
    claim: 'By SOAP: an address may be routed again 301 seconds after the last time.',
    judge: (record) => judgeEach(routingsOf(record), ({ body }) => !body.includes(coolDownFault)),
  },
  {
    claim: 'By SOAP: faults come with the HTTP status 500.',
    judge: ({ exchanges }) =>
      judgeEach(
        exchanges.filter(({ body }) => body.includes('<faultstring>')),
        ({ status }) => status === 500,
      ),
  },
]

interface Login {
  readonly sent: string | null
  readonly received: string | undefined
}

const tokens = z.object({ refresh_token: z.string().optional() })

/** Tokens may be replaced by stars: the same ones by the same stars. */
function loginsOf({ exchanges }: TrialRecord): readonly Login[] {
  return exchanges
    .filter(({ path, status }) => path.endsWith('/openid-connect/token') && status === 200)
    .flatMap(({ requestBody, body }): readonly Login[] => {
      const answer = tokens.safeParse(jsonOf(body))
      if (!answer.success) return []
      return [{ sent: new URLSearchParams(requestBody).get('refresh_token'), received: answer.data.refresh_token }]
    })
}

/** All but the first, which nothing came before. */
function routingsOf({ exchanges }: TrialRecord): readonly TrialExchange[] {
  return exchanges.filter(({ requestBody }) => requestBody.includes('changeIPRouting')).slice(1)
}
