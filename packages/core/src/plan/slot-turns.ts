import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { Health } from '../health/verdict.ts'
import type { PlacementResult } from '../placement/placement-result.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { serverKey, type ServerIndex } from '../snapshot/server-index.ts'
import type { UnitReview } from '../snapshot/unit-review.ts'
import type { SlotUnit, SlotUser } from './slot-board.ts'
import { planSlots, type SlotPlan } from './slot-plan.ts'
import { targetOf } from './target.ts'

export interface SlotFacts {
  readonly assignments: PlacementResult['assignments']
  readonly health: Health
  /** As stored, or as it is being stored. */
  readonly statusOf: (review: FailoverIPReview) => FailoverIPStatus
}

const noPlan: SlotPlan = { waiting: new Map(), releases: new Map(), barred: new Map() }

/** In which order the FailoverIPs of one account, given by urgency, may go to servers with a limit. */
export function slotTurns(reviews: readonly FailoverIPReview[], facts: SlotFacts): SlotPlan {
  const [first] = reviews
  if (first === undefined) return noPlan
  const { slotsPerServer, slotsPerFamily = false, release } = first.account.capabilities
  const slotsOf = differingSlots(first.servers)
  if (slotsPerServer === null && slotsOf.size === 0) return noPlan
  const kindOf = (unit: string): string => (!slotsPerFamily ? 'any' : unit.includes(':') ? 'ipv6' : 'ipv4')
  const strangers = strangersOf(first.servers, reviews, kindOf)
  return planSlots(
    reviews.map((review) => slotUser(review, kindOf, facts)),
    {
      slots: (server, kind) =>
        (slotsOf.get(server) ?? slotsPerServer ?? Number.POSITIVE_INFINITY) -
        (strangers.get(`${server}\n${kind}`) ?? 0),
      canRelease: release,
    },
  )
}

function slotUser(review: FailoverIPReview, kindOf: (unit: string) => string, facts: SlotFacts): SlotUser {
  const { failoverIP, account } = review
  const { key, priority, policy, deleting } = failoverIP
  const target = deleting ? undefined : targetOf(review, facts.assignments.get(key), facts.health)
  const records = facts.statusOf(review).addresses ?? []
  const operations = records.flatMap(({ operation }) => operation ?? [])
  const isReleased = deleting && policy.deletionPolicy === 'Release' && account.capabilities.release
  return {
    key,
    priority,
    units: review.units.map((unit) => slotUnit(unit, kindOf(unit.unit), records)),
    target: target === undefined ? undefined : serverKey(target.server),
    stays: policy.paused || (deleting && !isReleased),
    leaves: isReleased || operations.some(({ kind }) => kind === 'release'),
    displaces: target !== undefined && facts.health.verdicts.get(target.node)?.verdict !== 'dead',
  }
}

function slotUnit(
  { unit, holding }: UnitReview,
  kind: string,
  records: NonNullable<FailoverIPStatus['addresses']>,
): SlotUnit {
  const record = records.find((one) => one.unit === unit)
  const seen = holding.kind === 'adoptable' || holding.kind === 'drifted' ? (holding.server ?? undefined) : undefined
  const servers = [record?.server, record?.operation?.to, seen].flatMap((server) => server ?? [])
  return { kind, at: [...new Set(servers.map(serverKey))] }
}

/** What the cloud says of servers that differ from the manifest, by server. */
function differingSlots({ matches }: ServerIndex): ReadonlyMap<string, number> {
  return new Map(
    [...matches.values()].flatMap((match) =>
      match.kind === 'matched' && match.slots !== undefined ? [[serverKey(match.server), match.slots] as const] : [],
    ),
  )
}

/** Slots that others' units take, by server and kind. */
function strangersOf(
  { matches }: ServerIndex,
  reviews: readonly FailoverIPReview[],
  kindOf: (unit: string) => string,
): ReadonlyMap<string, number> {
  const ours = new Set(reviews.flatMap(({ units }) => units.map(({ unit }) => unit)))
  const counts = new Map<string, number>()
  for (const match of matches.values()) {
    if (match.kind !== 'matched') continue
    for (const unit of match.units ?? []) {
      const id = `${serverKey(match.server)}\n${kindOf(unit)}`
      if (!ours.has(unit)) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  }
  return counts
}
