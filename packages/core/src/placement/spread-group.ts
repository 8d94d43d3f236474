import type { AllowedTargets } from './allowed-targets.ts'
import type { PlacementItem } from './placement-input.ts'
import type { PlacementProblem } from './placement-result.ts'
import { refusalsInForce } from './refusals.ts'
import type { Target } from './target.ts'

/** The members of a spread group, and the strictest of the limits that they state. */
export interface SpreadGroup {
  readonly name: string
  /** Infinite without a limit. */
  readonly perNode: number
  /** Infinite without a limit. */
  readonly perZone: number
  /**
   * It has a limit per zone, and its members may choose the zone: then they must be alike, for rules that differ make the
   * question NP-hard. Where every member may go to a single zone, the limit says how many of those bound to it are served.
   */
  readonly isOpen: boolean
  /** Of an open group: names of nodes that are refused to some member. */
  readonly refused: ReadonlySet<string>
}

/** The groups of one account by name. Items with a limit that is no whole number from 1 must not be among them. */
export function spreadGroups(
  items: readonly PlacementItem[],
  allowed: AllowedTargets,
  targets: readonly Target[],
  now: number,
): ReadonlyMap<string, SpreadGroup> {
  const members = Map.groupBy(items.filter(isSpread), ({ spread }) => spread.group)
  return new Map(
    [...members].map(([name, ours]) => {
      const perNode = strictest(ours.map(({ spread }) => spread.maxPerNode))
      const perZone = strictest(ours.map(({ spread }) => spread.maxPerZone))
      const isOpen =
        perZone !== Number.POSITIVE_INFINITY &&
        ours.some(({ eligibility }) => zonesOf(allowed.of(eligibility), targets).size > 1)
      const refused = ours.flatMap((item) => (isOpen ? refusalsInForce(item, now).map(({ node }) => node) : []))
      return [name, { name, perNode, perZone, isOpen, refused: new Set(refused) }]
    }),
  )
}

export function zonesOf(list: Int32Array, targets: readonly Target[]): ReadonlySet<string> {
  const zones = new Set<string>()
  for (const index of list) zones.add(targets[index]?.zone ?? '')
  return zones
}

/** Groups whose members do not agree. */
export function differingLimits(items: readonly PlacementItem[]): PlacementProblem[] {
  const members = Map.groupBy(items.filter(isSpread), ({ spread }) => spread.group)
  const differing = [...members].filter(
    ([, ours]) => new Set(ours.map(({ spread }) => `${spread.maxPerNode} ${spread.maxPerZone}`)).size > 1,
  )
  return differing.map(([subject]) => ({
    code: 'SpreadLimitsDiffer' as const,
    subject,
    message: `The members of the spread group ${subject} state different limits; the smallest ones count.`,
  }))
}

export function hasSoundLimits({ spread }: PlacementItem): boolean {
  return [spread?.maxPerNode, spread?.maxPerZone].every(
    (limit) => limit === undefined || (Number.isInteger(limit) && limit >= 1),
  )
}

/** Whether its spread, if it has one, names a group and states a limit. */
export function hasWholeSpread(item: PlacementItem): boolean {
  return item.spread === undefined || isSpread(item)
}

function isSpread(
  item: PlacementItem,
): item is PlacementItem & { readonly spread: NonNullable<PlacementItem['spread']> } {
  const { spread } = item
  return (
    spread !== undefined && spread.group !== '' && (spread.maxPerNode !== undefined || spread.maxPerZone !== undefined)
  )
}

function strictest(limits: readonly (number | undefined)[]): number {
  return limits.reduce((least: number, limit) => Math.min(least, limit ?? least), Number.POSITIVE_INFINITY)
}
