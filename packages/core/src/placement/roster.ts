import type { NodePreference } from '../domain/failover-ip.ts'
import { AllowedTargets } from './allowed-targets.ts'
import { aversions } from './aversion.ts'
import type { GroupLimits, ItemClass } from './item-class.ts'
import { nested } from './nested-map.ts'
import { compareText } from './order.ts'
import type { PlacementItem } from './placement-input.ts'
import { refusalsInForce } from './refusals.ts'
import { hasSoundLimits, hasWholeSpread, type SpreadGroup, spreadGroups, zonesOf } from './spread-group.ts'
import { nowhere, type Target } from './target.ts'

/** What binds an item to its home: nothing, or that it is fit, or merely that it is its home (unfit, or failback is due). */
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
  /** Unix milliseconds at which the delay of a failback ends; infinite: of none. */
  readonly failbackDueAt: number
  /** Spread groups that are refused, since an answer would be NP-hard. */
  readonly undecidable: ReadonlySet<string>
  /** The class of one more item, which may be one that is not among `classes` yet, and its home. */
  readonly enrolOne: (item: PlacementItem) => Enrolment
}

export function hasSoundSlots({ slots = 1 }: PlacementItem): boolean {
  return Number.isInteger(slots) && slots >= 1
}

export function isSound(item: PlacementItem): boolean {
  return hasSoundSlots(item) && hasSoundLimits(item) && hasWholeSpread(item)
}

export function enrol(items: readonly PlacementItem[], targets: readonly Target[], now: number): Roster {
  const register = new ClassRegister(items, targets, now)
  const indexByName = new Map(targets.map((target, index) => [target.node.name, index]))
  const enrolOne = (item: PlacementItem): Enrolment => {
    const itemClass = register.classOf(item, indexByName)
    const home = item.home === null ? undefined : indexByName.get(item.home)
    const of = register.classes[itemClass]
    if (home === undefined || of === undefined || !contains(of.allowed, home)) return { itemClass, ...homeless }
    const dueAt = failbackDue(item, of, home, targets)
    const isFit = (item.homeHeld === true || targets[home]?.standing === 0) && !(dueAt <= now)
    return { itemClass, home, kind: isFit ? fitHome : looseHome, dueAt }
  }
  const classOf = new Int32Array(items.length).fill(-1)
  const homeOf = new Int32Array(items.length).fill(nowhere)
  const homeKinds = new Uint8Array(items.length)
  let failbackDueAt = Number.POSITIVE_INFINITY
  let position = 0
  for (const item of items) {
    if (isSound(item)) {
      const { itemClass, home, kind, dueAt } = enrolOne(item)
      if (dueAt > now) failbackDueAt = Math.min(failbackDueAt, dueAt)
      classOf[position] = itemClass
      homeOf[position] = home
      homeKinds[position] = kind
    }
    position += 1
  }
  const undecidable = register.undecidable()
  if (undecidable.size > 0) {
    for (const [index, { spread }] of items.entries()) {
      if (spread !== undefined && undecidable.has(spread.group)) classOf[index] = -1
    }
  }
  const { classes, groups } = register
  return { items, classes, groups, classOf, homeOf, homeKinds, failbackDueAt, undecidable, enrolOne }
}

/** Where an item belongs in the roster. */
export interface Enrolment {
  readonly itemClass: number
  readonly home: number
  readonly kind: HomeKind
  /** Unix milliseconds from which on it would rather leave its home; infinite: never. */
  readonly dueAt: number
}

const homeless = { home: nowhere, kind: noHome, dueAt: Number.POSITIVE_INFINITY }

/** Unix milliseconds from which on the item would rather leave its fit home for a healthy node that it likes better. */
function failbackDue(item: PlacementItem, of: ItemClass, home: number, targets: readonly Target[]): number {
  const { aversion } = of
  if (item.failback === undefined || aversion === undefined || targets[home]?.standing !== 0) return Infinity
  const delay = Math.max(0, item.failback.delay || 0)
  let due = Number.POSITIVE_INFINITY
  for (const index of of.allowed) {
    const node = targets[index]?.node
    if (node?.verdict !== 'healthy' || (aversion[index] ?? 0) >= (aversion[home] ?? 0)) continue
    due = Math.min(due, node.healthySince === undefined ? Number.NEGATIVE_INFINITY : node.healthySince + delay)
  }
  return due
}

/** Gives each item its class, by the identity of what decides it. */
class ClassRegister {
  readonly classes: ItemClass[] = []
  readonly groups: GroupLimits[] = []
  readonly #targets: readonly Target[]
  readonly #now: number
  readonly #allowed: AllowedTargets
  readonly #spread: ReadonlyMap<string, SpreadGroup>
  /** By allowed list, preferences, group, and priority. */
  readonly #known = new Map<Int32Array, Map<object, Map<number, Map<number, number>>>>()
  readonly #preferences = new Map<string, readonly NodePreference[]>()
  readonly #shared = new Map<readonly NodePreference[], readonly NodePreference[]>()
  readonly #groupIndices = new Map<string, number>()
  readonly #classesOfOpenGroups = new Map<string, Set<number>>()

  constructor(items: readonly PlacementItem[], targets: readonly Target[], now: number) {
    this.#targets = targets
    this.#now = now
    this.#allowed = new AllowedTargets(targets)
    this.#spread = spreadGroups(items.filter(isSound), this.#allowed, targets, now)
  }

  classOf(item: PlacementItem, indexByName: ReadonlyMap<string, number>): number {
    const spread = item.spread === undefined ? undefined : this.#spread.get(item.spread.group)
    const allowed = this.#allowedTo(item, spread, indexByName)
    const preferences = this.#sharedPreferences(item.preferences ?? none)
    const group = spread === undefined ? -1 : this.#groupIndex(spread, allowed)
    const priority = Number.isNaN(item.priority) ? 0 : item.priority
    const byPriority = nested(nested(nested(this.#known, allowed), preferences), group)
    const known = byPriority.get(priority)
    if (known !== undefined) return known
    const isOpen = spread !== undefined && !spread.bound && spread.perZone !== Number.POSITIVE_INFINITY
    const aversion = preferences === none ? undefined : aversions(preferences, this.#targets, allowed)
    const perZone = isOpen ? spread.perZone : Number.POSITIVE_INFINITY
    const index = this.classes.push({ priority, allowed, aversion, group, perZone }) - 1
    byPriority.set(priority, index)
    if (isOpen) this.#openGroup(spread.name).add(index)
    return index
  }

  /** Groups with a limit per zone whose members are free to choose the zone and yet not alike. */
  undecidable(): ReadonlySet<string> {
    return new Set([...this.#classesOfOpenGroups].flatMap(([name, classes]) => (classes.size > 1 ? [name] : [])))
  }

  #openGroup(name: string): Set<number> {
    const classes = this.#classesOfOpenGroups.get(name) ?? new Set()
    this.#classesOfOpenGroups.set(name, classes)
    return classes
  }

  #allowedTo(
    item: PlacementItem,
    spread: SpreadGroup | undefined,
    indexByName: ReadonlyMap<string, number>,
  ): Int32Array {
    const byRules = this.#allowed.of(item.eligibility)
    const names = [...(spread?.refused ?? namesRefused(item, this.#now))]
    if (names.length === 0) return byRules
    return this.#allowed.without(byRules, new Set(names.flatMap((name) => indexByName.get(name) ?? [])))
  }

  #sharedPreferences(preferences: readonly NodePreference[]): readonly NodePreference[] {
    if (preferences.length === 0) return none
    const shared = this.#shared.get(preferences)
    if (shared !== undefined) return shared
    const text = textOf(preferences)
    const known = this.#preferences.get(text) ?? preferences
    this.#preferences.set(text, known)
    this.#shared.set(preferences, known)
    return known
  }

  /** A group that is bound falls into one per zone, each of which may serve so many. */
  #groupIndex({ name, perNode, perZone, bound }: SpreadGroup, allowed: Int32Array): number {
    const isPerZone = bound && perZone !== Number.POSITIVE_INFINITY
    const zone = isPerZone ? [...zonesOf(allowed, this.#targets)].join() : ''
    const key = JSON.stringify([name, zone])
    const known = this.#groupIndices.get(key)
    if (known !== undefined) return known
    const index = this.groups.push({ name, perNode, total: isPerZone ? perZone : Number.POSITIVE_INFINITY }) - 1
    this.#groupIndices.set(key, index)
    return index
  }
}

const none: readonly NodePreference[] = []

/** Equal for equal preferences, in whatever order their labels come. */
function textOf(preferences: readonly NodePreference[]): string {
  const byKey = ([a]: readonly [string, string], [b]: readonly [string, string]): number => compareText(a, b)
  return JSON.stringify(
    preferences.map(({ weight, nodeSelector }) => [weight, Object.entries(nodeSelector).sort(byKey)]),
  )
}

function namesRefused(item: PlacementItem, now: number): readonly string[] {
  return refusalsInForce(item, now).map(({ node }) => node)
}

function contains(ascending: Int32Array, value: number): boolean {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return ascending[low] === value
}
