import type { FailoverIPStatus } from '../domain/failover-ip.ts'
import type { FailoverIPInput } from '../domain/failover-ip-input.ts'
import { ownerOf } from '../domain/account.ts'
import { attempt } from '../domain/isolate.ts'
import type { Explanation, PlacementResult } from '../placement/placement-result.ts'
import type { FailoverIPReview } from '../snapshot/failover-ip-review.ts'
import { countAccountRoom, type AccountRoomFor } from './account-room.ts'
import { decideBroken } from './decide-broken.ts'
import { decideProblem } from './decide-deletion.ts'
import { decide } from './decide.ts'
import { freeSlot, type Decision, type DecisionContext, type SlotTurn } from './decision.ts'
import type { Hold } from './hold.ts'
import { openChanges, type OpenChange } from './open-change.ts'
import type { SlotPlan } from './slot-plan.ts'
import { slotTurns } from './slot-turns.ts'
import { byUrgency } from './urgency.ts'

export interface PlanFacts extends Omit<DecisionContext, 'hold' | 'accountRoom' | 'explain' | 'otherChanges' | 'slot'> {
  readonly failoverIPs: readonly FailoverIPInput[]
  readonly reviews: ReadonlyMap<string, FailoverIPReview>
  readonly assignments: PlacementResult['assignments']
  readonly explain: (key: string) => Explanation | undefined
  readonly holdOf: (key: string, account: string) => Hold | undefined
  readonly isIdle: (key: string) => boolean
  /** The status that is being stored for a FailoverIP; changes in it are as good as sent. */
  readonly beingStored: (key: string) => FailoverIPStatus | undefined
  /** By key: what kept a FailoverIP from being looked at. */
  readonly failures: ReadonlyMap<string, unknown>
}

export interface Plan {
  /** Of FailoverIPs that nothing is being done for; the most urgent first. */
  readonly decisions: readonly { readonly failoverIP: FailoverIPInput; readonly decision: Decision }[]
  /** By key: what kept a FailoverIP from being looked at or decided on. */
  readonly failures: ReadonlyMap<string, unknown>
}

/** What to do next for each FailoverIP, one after the other: who comes first takes of what they share. */
export function makePlan(facts: PlanFacts): Plan {
  const { reviews, health, now } = facts
  const failures = new Map(facts.failures)
  const ordered = byUrgency(facts.failoverIPs, reviews, health)
  const shares = shareAccounts(ordered, facts, failures)
  const decisions = ordered
    .filter(({ key }) => facts.isIdle(key))
    .flatMap((failoverIP) => {
      const { key } = failoverIP
      const decided = failures.has(key) ? undefined : attempt(() => decideOne(failoverIP, facts, shares))
      if (decided?.ok === true) return [{ failoverIP, decision: decided.value }]
      if (decided !== undefined) failures.set(key, decided.error)
      const broken = attempt(() => decideBroken(failoverIP, now))
      return broken.ok ? [{ failoverIP, decision: broken.value }] : []
    })
  return { decisions, failures }
}

/** What the FailoverIPs of one account share. */
interface AccountShare {
  readonly room: AccountRoomFor
  readonly slots: SlotPlan
  /** Under way, where servers take one change at a time. */
  readonly open: OpenChange[]
  /** Changes that this plan starts, of all accounts of the owner. */
  readonly window: { starting: number }
  /** Those that wait for nothing but a slot. */
  readonly awaiting: Set<string>
}

/** By account. One whose share cannot be worked out has none of its FailoverIPs changed. */
function shareAccounts(
  ordered: readonly FailoverIPInput[],
  facts: PlanFacts,
  failures: Map<string, unknown>,
): ReadonlyMap<string, AccountShare> {
  const { reviews, beingStored } = facts
  const statusOf = ({ key, status }: FailoverIPInput): FailoverIPStatus => beingStored(key) ?? status
  const openOf = (failoverIP: FailoverIPInput): readonly OpenChange[] =>
    openChanges(failoverIP.key, statusOf(failoverIP).addresses ?? [])
  const shares = new Map<string, AccountShare>()
  const owners = new Map([...reviews.values()].map(({ account }) => [account.key, ownerOf(account)]))
  const byOwner = Map.groupBy(ordered, ({ account }) => owners.get(account ?? ''))
  const windows = new Map([...byOwner.keys()].map((owner) => [owner, { starting: 0 }]))
  for (const [key, ours] of Map.groupBy(ordered, ({ account }) => account)) {
    const reviewed = ours.flatMap((failoverIP) => reviews.get(failoverIP.key) ?? [])
    const [first] = reviewed
    if (key === undefined || first === undefined) continue
    const owner = ownerOf(first.account)
    const share = attempt(() => ({
      room: countAccountRoom(first.account, (byOwner.get(owner) ?? []).map(statusOf), facts),
      window: windows.get(owner) ?? { starting: 0 },
      slots: slotTurns(reviewed, { ...facts, statusOf: ({ failoverIP }) => statusOf(failoverIP) }),
      open: first.account.capabilities.oneChangePerServer === true ? ours.flatMap(openOf) : [],
    }))
    if (share.ok) shares.set(key, { ...share.value, awaiting: new Set() })
    else for (const { failoverIP } of reviewed) failures.set(failoverIP.key, share.error)
  }
  return shares
}

function decideOne(failoverIP: FailoverIPInput, facts: PlanFacts, shares: ReadonlyMap<string, AccountShare>): Decision {
  const { key } = failoverIP
  const review = facts.reviews.get(key)
  const share = review === undefined ? undefined : shares.get(review.account.key)
  if (review === undefined || share === undefined) return decideProblem(failoverIP, problemOf(failoverIP), facts)
  const decision = decide(review, facts.assignments.get(key), {
    ...facts,
    hold: facts.holdOf(key, review.account.key),
    accountRoom: share.room(share.window.starting),
    explain: () => facts.explain(key),
    otherChanges: share.open.filter((change) => change.key !== key),
    slot: slotTurn(key, share),
  })
  const { step, awaitsSlot = 0 } = decision
  if (step?.kind === 'change' && review.account.capabilities.oneChangePerServer === true) {
    share.open.push(...openChanges(key, decision.status.addresses ?? []))
  }
  if (awaitsSlot > 0) share.awaiting.add(key)
  // Room for those that wait is kept, or one would be released for another that may not be changed.
  share.window.starting += step?.kind === 'change' ? step.changes.length : awaitsSlot
  return decision
}

/** Nobody gives way to one that could not go even so. */
function slotTurn(key: string, { slots, awaiting }: AccountShare): SlotTurn {
  const { waiting, releases, barred } = slots
  const other = releases.get(key)
  if (other === undefined && !waiting.has(key) && !barred.has(key)) return freeSlot
  const givesWayTo = other !== undefined && awaiting.has(other) ? other : undefined
  return { waitsFor: waiting.get(key) ?? [], barredBy: barred.get(key), givesWayTo }
}

function problemOf({ problem }: FailoverIPInput): NonNullable<FailoverIPInput['problem']> {
  return problem ?? { reason: 'ClassNotAccepted', message: 'Its class has no usable account.' }
}
