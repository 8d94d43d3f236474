import type { ServerReference } from '@failover-ip/provider'
import { isAhead } from '../domain/instant.ts'
import { defaults } from '../reconcile/defaults.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { serverKey } from '../snapshot/server-index.ts'
import type { DecisionContext } from './decision.ts'
import type { Hold } from './hold.ts'
import { openChanges, type OpenChange } from './open-change.ts'
import type { SettledUnit } from './settle-unit.ts'

/** Whose change may be sent now, and what keeps all of them if none may. */
export interface ServerTurn {
  readonly units: readonly SettledUnit[]
  readonly hold: Hold | undefined
}

/**
 * Where a cloud takes one change at a time at each server, those that nothing runs before. A change that does not end is
 * not waited for without end: then the cloud itself is asked, and what it says counts.
 */
export function serverTurn(
  wanted: readonly SettledUnit[],
  serverOf: (unit: SettledUnit) => ServerReference | undefined,
  review: FailoverIPReview,
  units: readonly SettledUnit[],
  { otherChanges, now, monotonic }: Pick<DecisionContext, 'otherChanges' | 'now' | 'monotonic'>,
): ServerTurn {
  const { account, failoverIP, servers } = review
  if (account.capabilities.oneChangePerServer !== true) return { units: wanted, hold: undefined }
  const own = openChanges(
    failoverIP.key,
    units.map(({ record }) => record),
  )
  const endOf = ({ startedAt }: OpenChange): number => startedAt + defaults.serverTurn
  const running = [...otherChanges, ...own].filter((change) => now < endOf(change) && !isAhead(change.startedAt, now))
  const taken = new Map(running.map((change) => [serverKey(change.server), change]))
  const going = wanted.filter((unit) => {
    const server = serverOf(unit)
    if (server === undefined) return true
    const key = serverKey(server)
    if (taken.has(key)) return false
    taken.set(key, { key: failoverIP.key, unit: unit.review.unit, server, startedAt: now })
    return true
  })
  const [first] = wanted
  const server = first === undefined ? undefined : serverOf(first)
  const change = server === undefined ? undefined : taken.get(serverKey(server))
  if (going.length > 0 || change === undefined) return { units: going, hold: undefined }
  const name = servers.nodeOf(change.server) ?? change.server.id
  const message = `${account.provider} takes one change at a time at a server; ${name} is being changed for ${change.unit}.`
  return { units: [], hold: { reason: 'Busy', message, until: monotonic + endOf(change) - now } }
}
