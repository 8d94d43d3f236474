import { contains } from './ascending.ts'
import { ClassRegister } from './class-register.ts'
import { FailbackBook } from './failback.ts'
import type { GroupLimits, ItemClass } from './item-class.ts'
import type { PlacementItem } from './placement-input.ts'
import { refusalsInForce } from './refusals.ts'
import { hasSoundLimits, hasWholeSpread } from './spread-group.ts'
import { nowhere, type Target } from './target.ts'

/** What binds an item to its home: nothing, or that it is fit, or merely that it is its home. */
export type HomeKind = 0 | 1 | 2
const noHome: HomeKind = 0
export const fitHome: HomeKind = 1
export const looseHome: HomeKind = 2

/** The items of one account, compressed into classes. Items are named by their position. */
export interface Roster {
  readonly items: readonly PlacementItem[]
  readonly classes: readonly ItemClass[]
  readonly groups: readonly GroupLimits[]
  /** Index of the item's class; -1: it is not placed, because what it asks for is invalid or refused by name. */
  readonly classOf: Int32Array
  /** Index of the target that is its home, if the hard rules allow it; else `nowhere`. */
  readonly homeOf: Int32Array
  readonly homeKinds: Uint8Array
  /** Members of open spread groups to which targets that their class may use are refused. */
  readonly refusedTo: ReadonlyMap<number, ReadonlySet<number>>
  /** Members of open spread groups whose failback is due, and where. */
  readonly failbackOf: ReadonlyMap<number, Int32Array>
  /** Unix milliseconds at which the delay of a failback ends; infinite: of none. */
  readonly failbackDueAt: number
  /** Until when the same input makes the same roster: no delay and no refusal ends before. */
  readonly holdsUntil: number
  /** Spread groups that are refused, since an answer would be NP-hard. */
  readonly undecidable: ReadonlySet<string>
}

export function hasSoundSlots({ slots = 1 }: PlacementItem): boolean {
  return Number.isInteger(slots) && slots >= 1
}

export function isSound(item: PlacementItem): boolean {
  return hasSoundSlots(item) && (item.spread === undefined || (hasSoundLimits(item) && hasWholeSpread(item)))
}

/**
 * In an open spread group refusals are each member's own, though its class is that of all. `refusals`: whether the class
 * knows nothing of them (`eachItsOwn`), so that who goes where has to be seen afterwards, or leaves such targets to those
 * that are at home there (`shared`), which always can be kept.
 */
export function enrol(
  items: readonly PlacementItem[],
  targets: readonly Target[],
  now: number,
  refusals: 'eachItsOwn' | 'shared' = 'eachItsOwn',
): Roster {
  const register = new ClassRegister(items.every(isSound) ? items : items.filter(isSound), targets, now)
  const failbacks = new FailbackBook(targets, now)
  const indexByName = new Map(targets.map(({ node }, index) => [node.name, index]))
  const indicesOf = (names: Iterable<string>): ReadonlySet<number> =>
    new Set([...names].flatMap((name) => indexByName.get(name) ?? []))
  const reserved = new Map<object, ReadonlySet<number>>()
  const refusedTo = new Map<number, ReadonlySet<number>>()
  const failbackOf = new Map<number, Int32Array>()
  const classOf = new Int32Array(items.length).fill(-1)
  const homeOf = new Int32Array(items.length).fill(nowhere)
  const homeKinds = new Uint8Array(items.length).fill(noHome)
  /** Writes down what binds the item to its home, unless its class may not use that. */
  const settle = (
    position: number,
    item: PlacementItem,
    allowed: Int32Array | undefined = noTargets,
    refused = nothing,
  ): number => {
    const home = item.home === null ? undefined : indexByName.get(item.home)
    if (home === undefined || !contains(allowed, home) || refused.has(home)) return nowhere
    homeOf[position] = home
    homeKinds[position] = item.homeHeld === true || targets[home]?.standing === 0 ? fitHome : looseHome
    return home
  }
  let failbackDueAt = Number.POSITIVE_INFINITY
  let holdsUntil = Number.POSITIVE_INFINITY
  let position = -1
  for (const item of items) {
    position += 1
    const plain = register.plainClassOf(item)
    if (plain !== undefined) {
      classOf[position] = plain
      settle(position, item, register.classes[plain]?.allowed)
      continue
    }
    if (!isSound(item)) continue
    const inForce = refusalsInForce(item, now)
    const refused = inForce.length === 0 ? nothing : indicesOf(inForce.map(({ node }) => node))
    for (const { until } of inForce) holdsUntil = Math.min(holdsUntil, until)
    const kind = register.kindOf(item, refused)
    const { spread, allowed } = kind
    const home = settle(position, item, allowed, refused)
    const { due, nextAt } = homeKinds[position] === fitHome ? failbacks.of(item, home, kind) : never
    failbackDueAt = Math.min(failbackDueAt, nextAt)
    holdsUntil = Math.min(holdsUntil, nextAt)
    if (spread?.isOpen !== true) {
      classOf[position] = register.classOf(item, kind, due, undefined)
      continue
    }
    if (refused.size > 0) refusedTo.set(position, refused)
    if (due !== undefined) failbackOf.set(position, due)
    if (refusals === 'shared' && !reserved.has(spread)) reserved.set(spread, indicesOf(spread.refused))
    classOf[position] = register.classOf(item, kind, undefined, reserved.get(spread))
  }
  const undecidable = register.undecidable()
  if (undecidable.size > 0) {
    for (const [index, { spread }] of items.entries()) {
      if (spread !== undefined && undecidable.has(spread.group)) classOf[index] = -1
    }
  }
  const { classes, groups } = register
  return {
    items,
    classes,
    groups,
    classOf,
    homeOf,
    homeKinds,
    refusedTo,
    failbackOf,
    failbackDueAt,
    holdsUntil,
    undecidable,
  }
}

const nothing: ReadonlySet<number> = new Set()
const noTargets = new Int32Array()
const never = { due: undefined, nextAt: Number.POSITIVE_INFINITY }
