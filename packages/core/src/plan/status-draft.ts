import { mergeConditions } from '../domain/condition.ts'
import type { AddressStatus, FailoverIPStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { ConditionDraft } from '../domain/condition.ts'
import type { Health } from '../health/verdict.ts'
import type { Assignment, Explanation } from '../placement/placement-result.ts'
import { commonNode } from './settle-unit.ts'

export interface StatusFacts {
  readonly addresses: readonly AddressStatus[]
  readonly conditions: readonly ConditionDraft[]
  readonly assignment: Assignment | undefined
  readonly plannedNode: string | undefined
  /** Given where no living node was found. */
  readonly explanation: Explanation | undefined
  readonly move: Pick<FailoverIPStatus, 'lastMove' | 'moves' | 'nextMoveNotBefore'>
  readonly health: Health
  readonly now: number
}

/** The whole status as it is to be. Equal facts give an equal status, so that it is written only when something changed. */
export function draftStatus(failoverIP: FailoverIPInput, facts: StatusFacts): FailoverIPStatus {
  const { status, generation, publication } = failoverIP
  const { addresses, conditions, move, now } = facts
  const node = commonNode(addresses)
  const className = failoverIP.className ?? status.className
  const standbys = standbysOf(status.standbys ?? [], facts)
  const { lastMove, moves, nextMoveNotBefore } = { ...status, ...move }
  const rejected = facts.explanation === undefined ? undefined : countRejections(facts.explanation)
  return {
    observedGeneration: generation,
    addresses,
    addressSummary: failoverIP.addresses.join(','),
    ...(className === undefined ? {} : { className }),
    ...(node === undefined ? {} : { node }),
    ...(facts.plannedNode === undefined ? {} : { plannedNode: facts.plannedNode }),
    standbys,
    ...(lastMove === undefined ? {} : { lastMove }),
    moves: moves ?? 0,
    ...(nextMoveNotBefore === undefined ? {} : { nextMoveNotBefore }),
    ...(rejected === undefined ? {} : { rejectedNodes: rejected }),
    ...(publication?.publishedTo === undefined ? {} : { publishedTo: publication.publishedTo }),
    conditions: mergeConditions(status.conditions ?? [], withOthers(conditions, failoverIP), { generation, now }),
  }
}

function withOthers(drafts: readonly ConditionDraft[], failoverIP: FailoverIPInput): readonly ConditionDraft[] {
  const published = failoverIP.publication?.condition
  const all = withWarning(drafts, failoverIP)
  return published === undefined ? all : [...all, { type: 'Published', ...published }]
}

function withWarning(drafts: readonly ConditionDraft[], { warning }: FailoverIPInput): readonly ConditionDraft[] {
  if (warning === undefined) return drafts
  return drafts.map((draft) => {
    if (draft.type !== 'Ready') return draft
    // That it is paused, or would not be moved, is the greater surprise.
    const reason = draft.reason === 'Serving' ? warning.reason : draft.reason
    return { ...draft, reason, message: `${draft.message} ${warning.message}` }
  })
}

/** Standbys are kept while they are as good as the proposed ones: others' moves must not rewrite every status. */
function standbysOf(stored: readonly string[], { assignment, health }: StatusFacts): readonly string[] {
  const proposed = assignment?.standbys ?? []
  const isGood = (node: string): boolean =>
    health.verdicts.get(node)?.verdict === 'healthy' && node !== assignment?.node
  const wanted = proposed.filter(isGood).length
  return stored.length === proposed.length && stored.every(isGood) && wanted === proposed.length ? stored : proposed
}

function countRejections({ rejections }: Explanation): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { code } of rejections) counts[code] = (counts[code] ?? 0) + 1
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
