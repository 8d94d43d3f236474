import type { ServerReference } from '@failover-ip/provider'
import type { Account } from '../domain/account.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { ServerIndex } from './server-index.ts'
import type { UnitReading } from './unit-reading.ts'
import { reviewUnits, type UnitReview } from './unit-review.ts'

/** One FailoverIP with everything known about its units. */
export interface FailoverIPReview {
  readonly failoverIP: FailoverIPInput
  readonly account: Account
  readonly servers: ServerIndex
  readonly units: readonly UnitReview[]
  /** The node that has it, or the most of it; `undefined`: none that is known. */
  readonly home: string | undefined
  /** The only location that it may go to; `null`: any, or not known yet. */
  readonly location: string | null
  /** Set when its units lie in different locations: no node can have them all. */
  readonly splitLocations: readonly string[] | undefined
}

export interface FailoverIPReviewContext {
  readonly account: Account
  readonly servers: ServerIndex
  readonly readings: ReadonlyMap<string, UnitReading>
  readonly now: number
  readonly monotonic: number
}

export function reviewFailoverIP(failoverIP: FailoverIPInput, context: FailoverIPReviewContext): FailoverIPReview {
  const { account, servers } = context
  const { capabilities } = account
  const { eventualReadSeconds } = capabilities
  const units = reviewUnits(failoverIP, { ...context, capabilities, eventualReadSeconds })
  const locations = capabilities.locationRule === null ? [] : locationsOf(units)
  return {
    failoverIP,
    account,
    servers,
    units,
    home: homeOf(failoverIP, units, servers),
    location: locations[0] ?? null,
    splitLocations: locations.length > 1 ? locations : undefined,
  }
}

function locationsOf(units: readonly UnitReview[]): readonly string[] {
  const locations = units.flatMap(({ reading }) =>
    reading?.observation.kind === 'found' ? [reading.observation.location] : [],
  )
  return [...new Set(locations)]
}

/**
 * The node with the most units; of equals the one of the first address. While a move is half done its target is home, so
 * that the rest follows instead of going to a third node.
 */
function homeOf(
  { policy, status }: FailoverIPInput,
  units: readonly UnitReview[],
  servers: ServerIndex,
): string | undefined {
  const votes = new Map<string, number>()
  for (const unit of units) {
    const node = unitHome(unit, servers, policy.onDrift)
    if (node !== undefined) votes.set(node, (votes.get(node) ?? 0) + 1)
  }
  const { lastMove } = status
  if (lastMove !== undefined && lastMove.confirmedAt === undefined && votes.has(lastMove.to)) return lastMove.to
  return [...votes].toSorted(([, a], [, b]) => b - a)[0]?.[0]
}

function unitHome(
  { record, holding, operation }: UnitReview,
  servers: ServerIndex,
  onDrift: FailoverIPInput['policy']['onDrift'],
): string | undefined {
  // On the way: where it goes is home, so that the plan sticks to the intent unless its target is lost.
  if (operation?.kind === 'assign') return nodeOf(operation.to, operation.toNode, servers)
  if (holding.kind === 'adoptable') return holding.node
  if (holding.kind === 'drifted' && onDrift === 'Adopt' && holding.node !== undefined) return holding.node
  return nodeOf(record.server, record.node, servers)
}

/** By server where servers are known: a node that came back as another machine is not the home. */
function nodeOf(
  server: ServerReference | undefined,
  name: string | undefined,
  servers: ServerIndex,
): string | undefined {
  if (server === undefined) return undefined
  const node = servers.nodeOf(server)
  if (node !== undefined) return node
  const match = name === undefined ? undefined : servers.matches.get(name)
  return match?.kind === 'matched' || match?.kind === 'unmatched' ? undefined : name
}
