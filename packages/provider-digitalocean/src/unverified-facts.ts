import { judgeEach } from '@failover-ip/provider'
import type { TrialRecord, UnverifiedFact } from '@failover-ip/provider'
import { jsonOf } from '@failover-ip/provider-kit'
import { z } from 'zod'
import { capabilities } from './capabilities.ts'

/** A read or two. */
const soonSeconds = 2

const wanted = z.object({ type: z.enum(['assign', 'unassign']), droplet_id: z.number().optional() })

interface AskedAction {
  /** The Droplet that had the address before, as far as the trial knows; `undefined`: not known. */
  readonly before: string | null | undefined
  readonly target: string | null
  readonly status: number | null
}

/** What this package assumes of DigitalOcean and nobody has verified. `provider-testkit live` says which of it holds. */
export const unverifiedFacts: readonly UnverifiedFact[] = [
  {
    claim: 'One action moves an address that another Droplet has.',
    judge: (record) => {
      const moves = actionsOf(record).filter(
        ({ before, target }) => typeof before === 'string' && target !== null && target !== before,
      )
      return judgeEach(moves, ({ status }) => status === 201)
    },
  },
  {
    claim: 'Assigning an address to the Droplet that has it is refused.',
    judge: (record) => {
      const repeated = actionsOf(record).filter(({ before, target }) => target !== null && target === before)
      return judgeEach(repeated, ({ status }) => status === 422)
    },
  },
  {
    claim: `An action is over within ${capabilities.eventualReadSeconds} s.`,
    judge: ({ moves }) =>
      judgeEach(
        moves,
        ({ acceptedSeconds, doneSeconds }) => doneSeconds - acceptedSeconds <= capabilities.eventualReadSeconds,
      ),
  },
  {
    claim: 'Reads show an action as soon as it is over.',
    judge: ({ moves }) =>
      judgeEach(moves, ({ doneSeconds, confirmedSeconds }) => confirmedSeconds - doneSeconds <= soonSeconds),
  },
]

/** The actions that a trial asked for, in order. One that is accepted is taken for done when the next one is asked for. */
function actionsOf({ exchanges, origin }: TrialRecord): readonly AskedAction[] {
  let holder: string | null | undefined = origin
  return exchanges
    .filter(({ method, path }) => method === 'POST' && path.endsWith('/actions'))
    .flatMap(({ requestBody, status }): readonly AskedAction[] => {
      const asked = wanted.safeParse(jsonOf(requestBody))
      if (!asked.success) return []
      const { droplet_id: droplet } = asked.data
      const target = droplet === undefined ? null : String(droplet)
      const before = holder
      if (status === 201) holder = target
      else if (status === null || status >= 500) holder = undefined
      return [{ before, target, status }]
    })
}
