import type { Clock } from '@failover-ip/provider'
import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import type { NodeState } from '../domain/node.ts'
import type { Policy } from '../domain/policy.ts'
import { assessHealth } from '../health/assess-health.ts'
import type { Health } from '../health/verdict.ts'
import { explainer } from '../placement/explain.ts'
import { place } from '../placement/place.ts'
import { accountRoom } from '../plan/account-room.ts'
import { decide } from '../plan/decide.ts'
import { decideProblem } from '../plan/decide-deletion.ts'
import type { CallState, Decision, DecisionContext, ReadWish } from '../plan/decision.ts'
import type { ProbeTarget } from '../ports/prober.ts'
import { reviewFailoverIP, type FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { assumeRecorded, type ServerIndex } from '../snapshot/server-index.ts'
import { homeHeldUntil, placementInput } from '../snapshot/placement-view.ts'
import type { AccountBook } from './account-book.ts'
import { defaults } from './defaults.ts'
import type { EngineInput, EngineState } from './engine-options.ts'
import { probeTarget, type EvidenceDesk } from './evidence-desk.ts'
import type { FailoverEvent } from './failover-event.ts'
import type { HoldBook } from './hold-book.ts'
import { verdictEvents } from './verdict-events.ts'

export interface TurnContext {
  readonly clock: Clock
  readonly probing: boolean
  readonly kubernetes: boolean
  readonly dryRun: boolean
  readonly draining: boolean
  readonly accounts: AccountBook
  readonly evidence: EvidenceDesk
  readonly holds: HoldBook
  readonly calls: ReadonlyMap<string, CallState>
  readonly firstSeen: Map<string, number>
  readonly isIdle: (key: string) => boolean
  /** The status that is being stored for a FailoverIP; changes in it are as good as sent. */
  readonly beingStored: (key: string) => FailoverIPStatus | undefined
  readonly newOperationID: () => string
  readonly previous: Health
}

export interface Turn {
  readonly health: Health
  readonly state: EngineState
  readonly targets: readonly ProbeTarget[]
  readonly events: readonly FailoverEvent[]
  /** Of FailoverIPs that nothing is being done for; the most urgent first. */
  readonly decisions: readonly { readonly failoverIP: FailoverIPInput; readonly decision: Decision }[]
  /** Local monotonic milliseconds. */
  readonly lookAgainAt: number
}

/** The straight path: snapshot, health, placement, plan. Reads and questions that it finds missing are started. */
export function planTurn(input: EngineInput, context: TurnContext): Turn {
  const { clock, accounts, evidence, holds, previous } = context
  const now = clock.now()
  const monotonic = clock.monotonic()
  const nodes = new Map(input.nodes.map((node) => [node.facts.name, node]))
  evidence.keepOnly(nodes)
  holds.forget(new Set(input.failoverIPs.map(({ key }) => key)), accounts.keys)
  const resumed = noteFirstSights(input.failoverIPs, context)

  const servers = serversOf(input, accounts)
  const reviews = new Map(
    input.failoverIPs.flatMap((failoverIP) => {
      const review = reviewOf(failoverIP, accounts, servers, now, monotonic)
      return review === undefined ? [] : [[failoverIP.key, review] as const]
    }),
  )
  const holders = holdersOf(reviews.values())
  const health = assessHealth({
    now: monotonic,
    nodes: input.nodes,
    holders,
    tracks: evidence.tracks,
    probing: context.probing,
    kubernetes: context.kubernetes,
    serverStates: evidence.serverStates,
    liveNodes: evidence.liveNodes,
    previous: previous.verdicts,
  })
  const placed = [...reviews.values()].filter(({ failoverIP }) => !failoverIP.deleting)
  const view = placementInput(placed, {
    nodes: input.nodes,
    health,
    servers,
    refusals: holds.refusals,
    now,
    monotonic,
  })
  const placement = place(view)
  const explainItem = explainer(view)

  const started = new Map<string, number>()
  const statuses = statusesByAccount(input.failoverIPs, context)
  const decideOne = (failoverIP: FailoverIPInput): Decision => {
    const review = reviews.get(failoverIP.key)
    if (review === undefined) return decideProblem(failoverIP, problemOf(failoverIP), { ...context, now, health })
    const { account } = review
    const starting = started.get(account.key) ?? 0
    const decisionContext: DecisionContext = {
      now,
      monotonic,
      health,
      calls: context.calls,
      firstSeen: context.firstSeen,
      hold: holds.holdOf(failoverIP.key, account.key),
      accountRoom: accountRoom(account, statuses.get(account.key) ?? [], { now, monotonic, starting }),
      newOperationID: context.newOperationID,
      explain: () => explainItem(failoverIP.key),
      dryRun: context.dryRun,
      draining: context.draining,
    }
    const decision = decide(review, placement.assignments.get(failoverIP.key), decisionContext)
    const changes = decision.step?.kind === 'change' ? decision.step.changes.length : 0
    started.set(account.key, starting + changes)
    return decision
  }
  const decisions = byUrgency(
    input.failoverIPs.filter(({ key }) => context.isIdle(key)),
    reviews,
    health,
  ).map((failoverIP) => ({ failoverIP, decision: decideOne(failoverIP) }))
  const wishes = decisions.flatMap(({ failoverIP, decision }) =>
    decision.reads.map((wish) => ({ ...wish, account: failoverIP.account })),
  )
  const about = {
    nodes,
    verdictOf: (node: string) => health.verdicts.get(node)?.verdict,
    serverOf: (node: string) => whereabouts(node, accounts),
  }
  const moments = [
    health.lookAgainAt,
    ...placed.map((review) => comingMoment(homeHeldUntil(review, health), monotonic)),
    placement.lookAgainAt === undefined ? undefined : monotonic + (placement.lookAgainAt - now),
    ...decisions.map(({ decision }) => decision.lookAgainAt),
    ...readAccounts(input, reviews, wishes, accounts),
    evidence.ask(health.questions, about),
    evidence.keepProven(
      [...holders.keys()].filter((node) => context.probing && health.verdicts.get(node)?.verdict === 'healthy'),
      about,
    ),
  ]
  return {
    health,
    state: stateOf(input.failoverIPs, health),
    targets: targetsOf(input.nodes, holders),
    events: [...resumed, ...verdictEvents(previous, health, reviews.values(), now)],
    decisions,
    lookAgainAt: Math.min(...moments.map((moment) => moment ?? Number.POSITIVE_INFINITY)),
  }
}

function comingMoment(moment: number | undefined, monotonic: number): number | undefined {
  return moment !== undefined && moment > monotonic ? moment : undefined
}

function reviewOf(
  failoverIP: FailoverIPInput,
  accounts: AccountBook,
  serverIndexes: ReadonlyMap<string, ServerIndex>,
  now: number,
  monotonic: number,
): FailoverIPReview | undefined {
  const account = accounts.get(failoverIP.account)
  if (failoverIP.problem !== undefined || account === undefined) return undefined
  const readings = accounts.readerOf(account.key)?.readings
  const servers = serverIndexes.get(account.key)
  if (readings === undefined || servers === undefined) return undefined
  return reviewFailoverIP(failoverIP, { account, servers, readings, now, monotonic })
}

function problemOf({ problem }: FailoverIPInput): NonNullable<FailoverIPInput['problem']> {
  return problem ?? { reason: 'ClassNotAccepted', message: 'Its class has no usable account.' }
}

/** As stored, or as they are being stored: what the limits of an account are counted from. */
function statusesByAccount(
  failoverIPs: readonly FailoverIPInput[],
  { beingStored }: TurnContext,
): ReadonlyMap<string | undefined, readonly FailoverIPStatus[]> {
  const byAccount = Map.groupBy(failoverIPs, ({ account }) => account)
  return new Map(
    [...byAccount].map(([account, ours]) => [account, ours.map(({ key, status }) => beingStored(key) ?? status)]),
  )
}

/** Operations of other processes are waited out from here. */
function noteFirstSights(
  failoverIPs: readonly FailoverIPInput[],
  { clock, calls, firstSeen }: TurnContext,
): readonly FailoverEvent[] {
  return failoverIPs.flatMap(({ key, status }) =>
    (status.addresses ?? []).flatMap(({ unit, operation }): readonly FailoverEvent[] => {
      if (operation === undefined || calls.has(operation.id) || firstSeen.has(operation.id)) return []
      firstSeen.set(operation.id, clock.monotonic())
      const summary = `${unit}: another process began to ${operation.kind} it; what came of that is read from the provider`
      return [{ at: clock.now(), key, type: 'Normal', reason: 'Resumed', unit, operation: operation.id, summary }]
    }),
  )
}

/** Nodes that hold something, with the strictest detection of what they hold. */
function holdersOf(reviews: Iterable<FailoverIPReview>): ReadonlyMap<string, Policy['detection']> {
  const holders = new Map<string, Policy['detection']>()
  for (const { home, failoverIP } of reviews) {
    if (home === undefined) continue
    const { detection } = failoverIP.policy
    const old = holders.get(home) ?? detection
    holders.set(home, {
      interval: Math.min(old.interval, detection.interval),
      misses: Math.min(old.misses, detection.misses),
      witnesses: Math.min(old.witnesses, detection.witnesses),
    })
  }
  return holders
}

function targetsOf(
  nodes: readonly NodeState[],
  holders: ReadonlyMap<string, Policy['detection']>,
): readonly ProbeTarget[] {
  return nodes.flatMap((node) => {
    const interval = holders.get(node.facts.name)?.interval ?? defaults.candidateProbeInterval
    return probeTarget(node, interval) ?? []
  })
}

function serversOf({ nodes, failoverIPs }: EngineInput, accounts: AccountBook): ReadonlyMap<string, ServerIndex> {
  const names = nodes.map(({ facts }) => facts.name)
  const entries = [...accounts.keys].flatMap((key) => {
    const servers = accounts.readerOf(key)?.servers
    if (servers === undefined) return []
    const ours = failoverIPs.filter(({ account }) => account === key)
    return [
      [
        key,
        assumeRecorded(
          servers,
          names,
          ours.flatMap(({ status }) => status.addresses ?? []),
        ),
      ] as const,
    ]
  })
  return new Map(entries)
}

/** A failover before everything else, then by priority, then by name. */
function byUrgency(
  failoverIPs: readonly FailoverIPInput[],
  reviews: ReadonlyMap<string, FailoverIPReview>,
  health: Health,
): readonly FailoverIPInput[] {
  const isEscape = ({ key }: FailoverIPInput): number => {
    const home = reviews.get(key)?.home
    return home !== undefined && health.verdicts.get(home)?.verdict === 'dead' ? 1 : 0
  }
  return failoverIPs.toSorted(
    (a, b) => isEscape(b) - isEscape(a) || b.priority - a.priority || (a.key < b.key ? -1 : 1),
  )
}

function readAccounts(
  { nodes }: EngineInput,
  reviews: ReadonlyMap<string, FailoverIPReview>,
  wishes: readonly (ReadWish & { readonly account: string | undefined })[],
  accounts: AccountBook,
): readonly number[] {
  const facts = nodes.map((node) => node.facts)
  return [...accounts.keys].flatMap((key) => {
    const account = accounts.get(key)
    const reader = accounts.readerOf(key)
    if (account === undefined || reader === undefined) return []
    const ours = [...reviews.values()].filter((review) => review.account.key === key)
    const units = [...new Set(ours.flatMap((review) => review.units.map(({ unit }) => unit)))]
    if (units.length === 0) return [reader.resolve(account.routing, facts)]
    const wished = wishes.filter((wish) => wish.account === key)
    return [reader.resolve(account.routing, facts), reader.read(account.routing, units, wished)]
  })
}

function whereabouts(node: string, accounts: AccountBook) {
  for (const key of accounts.keys) {
    const server = accounts.readerOf(key)?.servers.serverOf(node)
    const routing = accounts.get(key)?.routing
    if (server !== undefined && routing !== undefined) return { server, routing }
  }
  return undefined
}

function stateOf(failoverIPs: readonly FailoverIPInput[], health: Health): EngineState {
  const states = failoverIPs.map(({ key, status }) => {
    const ready = status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
    return [key, { node: status.node, ready }] as const
  })
  return { failoverIPs: new Map(states), brake: health.brake?.message }
}
