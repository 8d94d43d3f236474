import type { NodeState } from '../domain/node.ts'
import type { Policy } from '../domain/policy.ts'
import type { Health } from '../health/verdict.ts'
import type {
  Eligibility,
  PlacementInput,
  PlacementItem,
  PlacementNode,
  PlacementServer,
} from '../placement/placement-input.ts'
import type { FailoverIPReview } from './failover-ip-review.ts'
import type { ServerIndex } from './server-index.ts'

export interface PlacementContext {
  readonly nodes: readonly NodeState[]
  readonly health: Health
  readonly servers: ReadonlyMap<string, ServerIndex>
  /** By key; until local monotonic moments. */
  readonly refusals: ReadonlyMap<string, PlacementItem['refusals']>
  readonly now: number
  readonly monotonic: number
}

/** What placement is to see: nodes that hold or may hold, and the FailoverIPs that are to be placed. */
export function placementInput(reviews: readonly FailoverIPReview[], context: PlacementContext): PlacementInput {
  const eligibilities = new Map<string, Eligibility>()
  const share = (eligibility: Eligibility): Eligibility => {
    const key = JSON.stringify(eligibility)
    const shared = eligibilities.get(key) ?? eligibility
    eligibilities.set(key, shared)
    return shared
  }
  const items = reviews.map((review): PlacementItem => {
    const { failoverIP, account, home, location, units } = review
    // On the way to a node is not yet there: a target that refused is no home to stay at.
    const stays = units.some(({ record }) => record.node === home)
    const { nodeSelector, tolerations, priority, nodePreferences, spread, policy } = failoverIP
    return {
      name: failoverIP.key,
      home: home ?? null,
      homeHeld: context.monotonic < (homeHeldUntil(review, context.health) ?? 0),
      priority,
      slots: account.capabilities.slotsPerFamily === true ? 1 : Math.max(1, units.length),
      eligibility: share({ account: account.key, location, nodeSelector, tolerations }),
      preferences: nodePreferences,
      ...(spread === undefined ? {} : { spread }),
      ...failbackOf(policy),
      // A refusal is about going there, not about staying.
      refusals: (context.refusals.get(failoverIP.key) ?? [])
        .filter(({ node }) => !stays || node !== home)
        .map((refusal) => ({ ...refusal, until: context.now + (refusal.until - context.monotonic) })),
    }
  })
  return { items, nodes: placementNodes(reviews, context), now: context.now }
}

function failbackOf({ failback: { mode, delay } }: Policy): Pick<PlacementItem, 'failback'> {
  if (mode === 'Never') return {}
  return { failback: { delay: mode === 'Always' ? 0 : delay } }
}

function placementNodes(reviews: readonly FailoverIPReview[], context: PlacementContext): readonly PlacementNode[] {
  const capacities = new Map<string, (node: string) => PlacementServer | undefined>()
  for (const [key, index] of context.servers) {
    capacities.set(
      key,
      capacityOf(
        index,
        reviews.filter(({ account }) => account.key === key),
      ),
    )
  }
  const { now, monotonic } = context
  return context.nodes.map(({ facts: { name, labels }, taints, zone }): PlacementNode => {
    const verdict = context.health.verdicts.get(name)
    const accounts = [...capacities].flatMap(([key, capacity]) => {
      const server = capacity(name)
      return server === undefined ? [] : [[key, server] as const]
    })
    return {
      name,
      labels,
      taints,
      verdict: verdict?.verdict ?? 'healthy',
      rank: verdict?.rank ?? 0,
      unstable: verdict?.unstable ?? false,
      ...(verdict === undefined ? {} : { healthySince: now - (monotonic - verdict.since) }),
      ...(zone === undefined ? {} : { zone }),
      accounts: new Map(accounts),
    }
  })
}

/**
 * A unit takes a slot of its server. Where the cloud counts the families apart, an item would have two sizes at once:
 * there slots are counted in items, each as large as the largest in each family.
 */
function capacityOf(
  index: ServerIndex,
  reviews: readonly FailoverIPReview[],
): (node: string) => PlacementServer | undefined {
  const { slotsPerServer = null, slotsPerFamily = false } = reviews[0]?.account.capabilities ?? {}
  const counted = [isIPv4, isIPv6].flatMap((isOfKind) => {
    const unitsPerItem = Math.max(0, ...reviews.map(({ units }) => units.filter(({ unit }) => isOfKind(unit)).length))
    return unitsPerItem === 0 ? [] : [{ isOfKind, unitsPerItem }]
  })
  const ours = new Set(reviews.flatMap(({ units }) => units.map(({ unit }) => unit)))
  return (node) => {
    const match = index.matches.get(node)
    if (match?.kind !== 'matched') return undefined
    const foreign = match.units?.filter((unit) => !ours.has(unit)) ?? []
    const { location } = match.server
    const slots = match.slots ?? slotsPerServer
    if (slots === null) return { location, capacity: null }
    if (!slotsPerFamily) return { location, capacity: slots - foreign.length }
    const capacities = counted.map(({ isOfKind, unitsPerItem }) =>
      Math.floor((slots - foreign.filter(isOfKind).length) / unitsPerItem),
    )
    return { location, capacity: Math.min(slots, ...capacities) }
  }
}

function isIPv6(unit: string): boolean {
  return unit.includes(':')
}

function isIPv4(unit: string): boolean {
  return !isIPv6(unit)
}

/**
 * A leaving home holds its addresses until its delay is over, a cordoned one for ever where the policy ignores cordons.
 * Local monotonic milliseconds; `undefined`: it is not leaving.
 */
export function homeHeldUntil({ failoverIP, home }: FailoverIPReview, health: Health): number | undefined {
  const verdict = home === undefined ? undefined : health.verdicts.get(home)
  if (verdict?.verdict !== 'leaving') return undefined
  const { onCordon, delay } = failoverIP.policy.maintenance
  return verdict.reason === 'Cordoned' && onCordon === 'Ignore' ? Number.POSITIVE_INFINITY : verdict.since + delay
}
