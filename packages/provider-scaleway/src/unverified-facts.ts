import { judgeEach } from '@failover-ip/provider'
import type { TrialExchange, TrialRecord, UnverifiedFact } from '@failover-ip/provider'
import { jsonOf } from '@failover-ip/provider-kit'
import { z } from 'zod'
import { capabilities } from './capabilities.ts'

const change = z.object({ server: z.string().nullable() })
const changed = z.object({ ip: z.object({ server: z.object({ id: z.string() }).nullish(), state: z.string() }) })

interface Change {
  /** Who had the address before, as far as the trial knows; `undefined`: not known. */
  readonly before: string | null | undefined
  readonly target: string | null
  readonly status: number | null
  readonly state: string | undefined
}

/** What this package assumes of Scaleway and nobody has verified. `provider-testkit live` says which of it holds. */
export const unverifiedFacts: readonly UnverifiedFact[] = [
  {
    claim: 'One PATCH moves an address that is attached to another Instance.',
    judge: (record) => {
      const moves = changesOf(record).filter(
        ({ before, target }) => typeof before === 'string' && target !== null && target !== before,
      )
      return judgeEach(moves, ({ status }) => status === 200)
    },
  },
  {
    claim: 'A PATCH to the Instance that has the address already is accepted.',
    judge: (record) => {
      const repeated = changesOf(record).filter(({ before, target }) => target !== null && target === before)
      return judgeEach(repeated, ({ status }) => status === 200)
    },
  },
  {
    claim: 'An attach is done when it is answered: its state is "attached" at once.',
    judge: (record) => {
      const attached = changesOf(record).filter(({ target, status }) => target !== null && status === 200)
      return judgeEach(attached, ({ state }) => state === 'attached')
    },
  },
  {
    claim: `Reads show a change within ${capabilities.eventualReadSeconds} s.`,
    judge: ({ moves }) =>
      judgeEach(
        moves,
        ({ doneSeconds, confirmedSeconds }) => confirmedSeconds - doneSeconds <= capabilities.eventualReadSeconds,
      ),
  },
]

/** The PATCHes of a trial, in order. Each answer says who has the address, which is what the next one finds. */
function changesOf({ exchanges, origin }: TrialRecord): readonly Change[] {
  let holder: string | null | undefined = origin
  return exchanges
    .filter(({ method }) => method === 'PATCH')
    .flatMap((exchange): readonly Change[] => {
      const asked = change.safeParse(jsonOf(exchange.requestBody))
      if (!asked.success) return []
      const answer = changed.safeParse(jsonOf(exchange.body))
      const before = holder
      if (answer.success) holder = answer.data.ip.server?.id ?? null
      else if (isUnclear(exchange)) holder = undefined
      const state = answer.success ? answer.data.ip.state : undefined
      return [{ before, target: asked.data.server, status: exchange.status, state }]
    })
}

/** Whether the change may have happened although it was not confirmed. */
function isUnclear({ status }: TrialExchange): boolean {
  return status === null || status >= 500
}
