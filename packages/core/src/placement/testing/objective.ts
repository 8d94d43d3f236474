import type { PlacementInput, PlacementItem, PlacementNode } from '../placement-input.ts'

/** Node by item; `null`: none. */
export type Choice = ReadonlyMap<string, string | null>

/*
 * The levels of `place`, told once more from its documentation and sharing no code with it: a placement is rated by a
 * vector, the lower the better. For inputs with unique names, one account, and no tolerations.
 */

export function isAllowed(input: PlacementInput, item: PlacementItem, node: PlacementNode): boolean {
  return isAllowedByRules(item, node) && !refusedTo(input, item).has(node.name)
}

function isAllowedByRules(
  { eligibility: { location, nodeSelector, account } }: PlacementItem,
  node: PlacementNode,
): boolean {
  const server = node.accounts.get(account)
  if (server === undefined) return false
  if (location !== null && location !== server.location) return false
  for (const key in nodeSelector) if (node.labels[key] !== nodeSelector[key]) return false
  return !node.taints.some(({ effect }) => effect !== 'PreferNoSchedule')
}

/** Refusals are each item's own, whatever group it is in. */
function refusedTo({ now }: PlacementInput, { refusals = [] }: PlacementItem): ReadonlySet<string> {
  return new Set(refusals.filter(({ until }) => until > now).map(({ node }) => node))
}

/** Whether it is of a spread group with a limit per zone whose members may choose the zone. */
export function isInOpenGroup(input: PlacementInput, item: PlacementItem): boolean {
  if (item.spread === undefined) return false
  const group = input.items.filter(({ spread }) => spread?.group === item.spread?.group)
  return group.some((one) => one.spread?.maxPerZone !== undefined) && !group.every((one) => isBound(input, one))
}

/** Whether refusals within such a group may keep the result from being proven. */
export function hasRefusalsInOpenGroup(input: PlacementInput): boolean {
  return input.items.some((item) => refusedTo(input, item).size > 0 && isInOpenGroup(input, item))
}

function isBound(input: PlacementInput, item: PlacementItem): boolean {
  return new Set(input.nodes.filter((node) => isAllowedByRules(item, node)).map(zoneOf)).size <= 1
}

export function zoneOf(node: PlacementNode): string {
  return node.zone ?? node.accounts.get('main')?.location ?? ''
}

/** Limits that hold for all members of a spread group. */
export function spreadLimits(input: PlacementInput): { group: string; perNode: number; perZone: number }[] {
  const groups = new Set(input.items.flatMap(({ spread }) => spread?.group ?? []))
  return [...groups].map((group) => {
    const members = input.items.filter(({ spread }) => spread?.group === group)
    const least = (limits: (number | undefined)[]): number => Math.min(...limits.map((limit) => limit ?? Infinity))
    return {
      group,
      perNode: least(members.map(({ spread }) => spread?.maxPerNode)),
      perZone: least(members.map(({ spread }) => spread?.maxPerZone)),
    }
  })
}

export function slotsOf(node: PlacementNode): number {
  return node.accounts.get('main')?.capacity ?? Number.POSITIVE_INFINITY
}

/** Whether the choice breaks no rule. */
export function isValid(input: PlacementInput, choice: Choice): boolean {
  const heldBy = (nodes: readonly PlacementNode[]): PlacementItem[] =>
    input.items.filter(({ name }) => nodes.some((node) => node.name === choice.get(name)))
  for (const node of input.nodes) {
    const held = heldBy([node])
    if (!held.every((item) => isAllowed(input, item, node))) return false
    if (held.reduce((sum, { slots = 1 }) => sum + slots, 0) > slotsOf(node)) return false
  }
  // Who is on a dead node does not count against those that serve.
  const zones = [...Map.groupBy(input.nodes, (node) => `${isAlive(node)} ${zoneOf(node)}`).values()]
  return spreadLimits(input).every(({ group, perNode, perZone }) => {
    const most = (nodes: readonly PlacementNode[]): number =>
      heldBy(nodes).filter(({ spread }) => spread?.group === group).length
    return input.nodes.every((node) => most([node]) <= perNode) && zones.every((zone) => most(zone) <= perZone)
  })
}

export const levels: readonly ('moves' | 'health' | 'liking' | 'away')[] = ['moves', 'health', 'liking', 'away']

/** What an item adds to the levels between service and load when it is at the node, or at none of those looked at. */
export function costsAt(
  input: PlacementInput,
  item: PlacementItem,
  node: PlacementNode | null,
): Record<(typeof levels)[number], number> {
  const home = input.nodes.find(({ name }) => name === item.home)
  const hasHome = home !== undefined && isAllowed(input, item, home)
  const isFit = hasHome && (item.homeHeld === true || standingOf(home) === 0)
  const isHome = hasHome && node === home
  const isBack = isFit && node !== null && isFailback(input, item, home, node)
  const healths = input.nodes
    .filter((one) => node !== null && one.accounts.has('main') && standingOf(one) === standingOf(node))
    .map(healthOf)
  return {
    moves: isFit && !isHome && !isBack ? 1 : 0,
    health: node === null ? 0 : isHome && !isFit ? Math.min(...healths) : healthOf(node),
    liking: node === null || (isHome && !isFit && standingOf(node) > 0) ? 0 : aversionOf(input, item, node),
    away: hasHome && !isHome ? 1 : 0,
  }
}

/** Whether the fit home may be left for the node, because that is liked better and has waited out the item's delay. */
function isFailback(input: PlacementInput, item: PlacementItem, home: PlacementNode, node: PlacementNode): boolean {
  const { failback } = item
  // Members of an open group go back one by one, into room that is left; that is no matter of the levels.
  if (failback === undefined || standingOf(home) !== 0 || isInOpenGroup(input, item)) return false
  return (
    isAllowed(input, item, node) &&
    node.verdict === 'healthy' &&
    !node.unstable &&
    healthOf(node) <= healthOf(home) &&
    aversionOf(input, item, node) < aversionOf(input, item, home) &&
    (node.healthySince ?? Number.NEGATIVE_INFINITY) + failback.delay <= input.now
  )
}

function aversionOf(input: PlacementInput, item: PlacementItem, node: PlacementNode): number {
  const liking = ({ labels }: PlacementNode): number =>
    (item.preferences ?? [])
      .filter(({ nodeSelector }) => Object.entries(nodeSelector).every(([key, value]) => labels[key] === value))
      .reduce((sum, { weight }) => sum + weight, 0)
  return Math.max(...input.nodes.filter((one) => isAllowedByRules(item, one)).map(liking)) - liking(node)
}

function standingOf({ verdict }: PlacementNode): number {
  return { healthy: 0, suspect: 0, leaving: 1, unfit: 1, dead: 2 }[verdict]
}

function healthOf(node: PlacementNode): number {
  return 202 * standingOf(node) + 2 * node.rank + Number(node.unstable)
}

/** A load L costs L²/slots, times a number that makes it whole; no limit counts as the largest there is. */
export function loadWeight(input: PlacementInput, node: PlacementNode, alive: boolean): number {
  const smallest = Math.min(...input.items.map(({ slots = 1 }) => slots))
  const limits = input.nodes.filter((one) => isAlive(one) === alive && slotsOf(one) >= smallest).map(slotsOf)
  const largest = Math.max(1, ...limits.filter((limit) => Number.isFinite(limit)))
  return 27_720 / Math.max(1, Math.min(slotsOf(node), largest))
}

export function isAlive({ verdict }: PlacementNode): boolean {
  return verdict !== 'dead'
}

export function prioritiesOf(input: PlacementInput): number[] {
  return [...new Set(input.items.map(({ priority }) => priority))].sort((a, b) => b - a)
}

/** Rates what happens on the living nodes (`alive`) or, for items that these do not serve, on the dead ones. */
export function rate(input: PlacementInput, choice: Choice, alive: boolean): number[] {
  const nodes = input.nodes.filter((node) => isAlive(node) === alive)
  const nodeOf = ({ name }: PlacementItem): PlacementNode | null =>
    nodes.find((node) => node.name === choice.get(name)) ?? null
  const unserved = prioritiesOf(input).map(
    (priority) => input.items.filter((item) => item.priority === priority && nodeOf(item) === null).length,
  )
  const costs = input.items.map((item) => costsAt(input, item, nodeOf(item)))
  const sums = levels.map((level) => costs.reduce((sum, cost) => sum + cost[level], 0))
  const loads = nodes.map((node) => {
    const load = input.items.filter((item) => nodeOf(item) === node).length
    return loadWeight(input, node, alive) * load * load
  })
  return [...unserved, ...sums, Math.round(loads.reduce((sum, load) => sum + load, 0))]
}

export type LevelName = 'service' | (typeof levels)[number] | 'load'

/** By position in a vector. */
export function levelNames(input: PlacementInput): LevelName[] {
  return [...prioritiesOf(input).map(() => 'service' as const), ...levels, 'load']
}

export function compareVectors(a: readonly number[], b: readonly number[]): number {
  const level = a.findIndex((value, index) => value !== b[index])
  return level === -1 ? 0 : (a[level] ?? 0) - (b[level] ?? 0)
}

/** The item with what its group binds it to written into itself, so that it can be rated without the others. */
export function boundAlone(input: PlacementInput, item: PlacementItem): PlacementItem {
  const limits = spreadLimits(input).find(({ group }) => group === item.spread?.group)
  if (limits === undefined) return item
  const { group, perNode: maxPerNode, perZone } = limits
  const maxPerZone = Number.isFinite(perZone) ? { maxPerZone: perZone } : {}
  return { ...item, spread: { group, maxPerNode, ...maxPerZone } }
}
