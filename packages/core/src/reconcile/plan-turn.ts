import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { withoutOffenders } from '../domain/isolate.ts'
import type { NodeState } from '../domain/node.ts'
import { assessHealth } from '../health/assess-health.ts'
import type { Health } from '../health/verdict.ts'
import type { Explanation, PlacementResult } from '../placement/placement-result.ts'
import { earliest } from '../plan/earliest.ts'
import { makePlan, type Plan } from '../plan/make-plan.ts'
import { placementRemarks } from '../plan/placement-remarks.ts'
import type { ProbeTarget } from '../ports/prober.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { holdersOf, type Holders } from '../snapshot/holders.ts'
import { homeHeldUntil, placementInput } from '../snapshot/placement-view.ts'
import { takeSnapshot, type Snapshot } from '../snapshot/take-snapshot.ts'
import { defaults } from './defaults.ts'
import type { EngineState } from './engine-options.ts'
import { probeTarget } from './evidence-desk.ts'
import type { FailoverEvent } from './failover-event.ts'
import { inquiriesOf, type Inquiries } from './inquiries.ts'
import type { TurnFacts } from './turn-facts.ts'
import { doubtsDueAt, verdictEvents } from './verdict-events.ts'

/** What is to be done in a turn. */
export interface Turn extends Plan {
  readonly health: Health
  readonly state: EngineState
  readonly targets: readonly ProbeTarget[]
  readonly events: readonly FailoverEvent[]
  /** What is to be read and asked, so that the next turn knows more. */
  readonly inquiries: Inquiries
  /** Local monotonic milliseconds; `undefined`: only when something is new. */
  readonly lookAgainAt: number | undefined
}

/** The straight path: snapshot, health, placement, plan. Pure. One FailoverIP that a step throws for stops no other. */
export function planTurn(facts: TurnFacts): Turn {
  const { now, monotonic, nodes, failoverIPs, previous } = facts
  const snapshot = takeSnapshot(facts)
  const { value: judged, offenders } = withoutOffenders([...snapshot.reviews.values()], (reviews) =>
    judge(reviews, snapshot, facts),
  )
  const { reviews, holders, health, placement, explain } = judged
  const failures = new Map(snapshot.failures)
  for (const [{ failoverIP }, error] of offenders) failures.set(failoverIP.key, error)
  const { assignments, problems } = placement
  const remarkOn = placementRemarks(problems, nodes)
  const nodesByName = new Map(nodes.map((node) => [node.facts.name, node]))
  const { holdOf } = facts.holds
  const plan = makePlan({ ...facts, reviews, health, nodesByName, assignments, explain, remarkOn, failures, holdOf })
  return {
    ...plan,
    health,
    state: stateOf(failoverIPs, health),
    targets: targetsOf(nodes, holders),
    events: verdictEvents({ before: previous, after: health, now, monotonic }, reviews.values()),
    inquiries: inquiriesOf(plan.decisions, { ...facts, reviews: snapshot.reviews, health, holders }),
    lookAgainAt: earliest([
      health.lookAgainAt,
      ...doubtsDueAt(health).filter((at) => at > monotonic),
      judged.homesHeldUntil,
      placement.lookAgainAt === undefined ? undefined : monotonic + (placement.lookAgainAt - now),
      ...plan.decisions.map(({ decision }) => decision.lookAgainAt),
    ]),
  }
}

interface Judged {
  readonly reviews: ReadonlyMap<string, FailoverIPReview>
  readonly holders: Holders
  readonly health: Health
  readonly placement: PlacementResult
  readonly explain: (key: string) => Explanation | undefined
  /** When the first home is not held any more. */
  readonly homesHeldUntil: number | undefined
}

/** The steps that look at all FailoverIPs together: health and placement. */
function judge(reviews: readonly FailoverIPReview[], snapshot: Snapshot, facts: TurnFacts): Judged {
  const { now, monotonic, nodes, evidence, holds, placement } = facts
  const holders = holdersOf(reviews)
  const health = assessHealth({
    ...evidence,
    now: monotonic,
    nodes,
    holders,
    probing: facts.probing,
    ...(facts.ownNode === undefined ? {} : { ownNode: facts.ownNode }),
    kubernetes: facts.kubernetes,
    previous: facts.previous.verdicts,
  })
  const placed = reviews.filter(({ failoverIP }) => !failoverIP.deleting)
  const used = new Set(reviews.map(({ account }) => account.key))
  const servers = new Map([...snapshot.servers].filter(([account]) => used.has(account)))
  const view = placementInput(placed, { nodes, health, servers, refusals: holds.refusals, now, monotonic })
  const heldUntil = placed.map((review) => homeHeldUntil(review, health))
  return {
    reviews: new Map(reviews.map((review) => [review.failoverIP.key, review])),
    holders,
    health,
    placement: placement.update(view),
    explain: (key) => placement.explain(key),
    homesHeldUntil: earliest(heldUntil.filter((moment) => moment !== undefined && moment > monotonic)),
  }
}

function targetsOf(nodes: readonly NodeState[], holders: Holders): readonly ProbeTarget[] {
  return nodes.flatMap((node) => {
    const interval = holders.get(node.facts.name)?.interval ?? defaults.candidateProbeInterval
    return probeTarget(node, interval) ?? []
  })
}

function stateOf(failoverIPs: readonly FailoverIPInput[], health: Health): EngineState {
  const states = failoverIPs.map(({ key, status }) => {
    const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
    return [key, { node: status.node, ready }] as const
  })
  return { failoverIPs: new Map(states), nodes: health.verdicts, brake: health.brake?.message }
}
