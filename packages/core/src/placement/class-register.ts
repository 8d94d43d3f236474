import type { NodePreference } from '../domain/failover-ip.ts'
import { AllowedTargets } from './allowed-targets.ts'
import { aversions } from './aversion.ts'
import type { GroupLimits, ItemClass } from './item-class.ts'
import { nested } from './nested-map.ts'
import { compareText, hashText, tieBreak } from './order.ts'
import type { Eligibility, PlacementItem } from './placement-input.ts'
import { type SpreadGroup, spreadGroups, zonesOf } from './spread-group.ts'
import type { Target } from './target.ts'

/** What an item's class is made of, its failback apart. */
export interface Kind {
  readonly allowed: Int32Array
  readonly aversion: Float64Array | undefined
  readonly spread: SpreadGroup | undefined
  readonly salt: number
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Gives each item its class, by the identity of what decides it. */
export class ClassRegister {
  readonly classes: ItemClass[] = []
  readonly groups: GroupLimits[] = []
  readonly #targets: readonly Target[]
  readonly #allowed: AllowedTargets
  readonly #spread: ReadonlyMap<string, SpreadGroup>
  /** By what is allowed and liked, by group, priority and failback. */
  readonly #known = new Map<Int32Array, Map<object, Map<number, Map<number, Map<object, Mutable<ItemClass>>>>>>()
  readonly #indices = new Map<ItemClass, number>()
  readonly #aversions = new Map<Int32Array, Map<object, Float64Array | undefined>>()
  readonly #preferences = new Map<string, readonly NodePreference[]>()
  readonly #shared = new Map<readonly NodePreference[], readonly NodePreference[]>()
  readonly #salts = new Map<object, number>()
  readonly #groupIndices = new Map<string, number>()
  /** By rules, preferences and priority: classes of items that ask for nothing else. */
  readonly #plain = new Map<Eligibility, Map<readonly NodePreference[], Map<number, number>>>()
  readonly #classesOfOpenGroups = new Map<string, Set<ItemClass>>()

  /** The items must be sound. */
  constructor(items: readonly PlacementItem[], targets: readonly Target[], now: number) {
    this.#targets = targets
    this.#allowed = new AllowedTargets(targets)
    this.#spread = spreadGroups(items, this.#allowed, targets, now)
  }

  /**
   * The class of an item that asks for nothing but nodes and priority, if another one that asks for the same has come
   * before: there may be a hundred thousand of them.
   */
  plainClassOf(item: PlacementItem): number | undefined {
    if (!isPlain(item)) return undefined
    const preferences = this.#sharedPreferences(item.preferences ?? none)
    return this.#plain.get(item.eligibility)?.get(preferences)?.get(item.priority)
  }

  /** `refused`: the targets that are refused to it. In an open group that is no matter of its class. */
  kindOf(item: PlacementItem, refused: ReadonlySet<number>): Kind {
    const spread = item.spread === undefined ? undefined : this.#spread.get(item.spread.group)
    const byRules = this.#allowed.of(item.eligibility)
    const allowed = spread?.isOpen === true ? byRules : this.#allowed.without(byRules, refused)
    const preferences = this.#sharedPreferences(item.preferences ?? none)
    const aversion = preferences === none ? undefined : this.#aversion(byRules, preferences)
    const salt = tieBreak(this.#salt(item.eligibility, saltOfRules), this.#salt(preferences, textOf))
    return { allowed, aversion, spread, salt }
  }

  /** `reserved`: of an open group, by index of the target. */
  classOf(item: PlacementItem, kind: Kind, failback: Int32Array | undefined, reserved: ItemClass['reserved']): number {
    const index = this.#classOf(item, kind, failback, reserved)
    const preferences = this.#sharedPreferences(item.preferences ?? none)
    if (isPlain(item)) nested(nested(this.#plain, item.eligibility), preferences).set(item.priority, index)
    return index
  }

  #classOf(
    { priority }: PlacementItem,
    kind: Kind,
    failback: Int32Array | undefined,
    reserved: ItemClass['reserved'],
  ): number {
    const { allowed, aversion, spread } = kind
    const group = spread === undefined ? -1 : this.#groupIndex(spread, allowed)
    const rank = Number.isNaN(priority) ? 0 : priority
    const alike = nested(nested(nested(nested(this.#known, allowed), aversion ?? none), group), rank)
    const known = alike.get(failback ?? none)
    const salt = tieBreak(kind.salt, hashText(`${spread?.name ?? ''} ${rank}`))
    if (known !== undefined) {
      // Rules that come to the same thing are one class: it is told by the least of them, in whatever order they come.
      known.salt = Math.min(known.salt, salt)
      return this.#indices.get(known) ?? -1
    }
    const perZone = spread?.isOpen === true ? spread.perZone : Number.POSITIVE_INFINITY
    const created = { priority: rank, allowed, aversion, group, perZone, failback, reserved, salt }
    alike.set(failback ?? none, created)
    const index = this.classes.push(created) - 1
    this.#indices.set(created, index)
    if (spread?.isOpen === true) this.#openGroup(spread.name).add(created)
    return index
  }

  /** Groups with a limit per zone whose members are free to choose the zone and yet not alike. */
  undecidable(): ReadonlySet<string> {
    return new Set([...this.#classesOfOpenGroups].flatMap(([name, classes]) => (classes.size > 1 ? [name] : [])))
  }

  #openGroup(name: string): Set<ItemClass> {
    const classes = this.#classesOfOpenGroups.get(name) ?? new Set()
    this.#classesOfOpenGroups.set(name, classes)
    return classes
  }

  #aversion(byRules: Int32Array, preferences: readonly NodePreference[]): Float64Array | undefined {
    const known = nested(this.#aversions, byRules)
    if (!known.has(preferences)) known.set(preferences, aversions(preferences, this.#targets, byRules))
    return known.get(preferences)
  }

  #salt<T extends object>(of: T, text: (of: T) => string): number {
    const known = this.#salts.get(of)
    if (known !== undefined) return known
    const salt = hashText(text(of))
    this.#salts.set(of, salt)
    return salt
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
  #groupIndex({ name, perNode, perZone, isOpen }: SpreadGroup, allowed: Int32Array): number {
    const isPerZone = !isOpen && perZone !== Number.POSITIVE_INFINITY
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

/** Whether its class is a matter of its rules, preferences and priority alone: who prefers nothing has nowhere to fail back to. */
function isPlain({ slots = 1, spread, refusals, failback, preferences = none }: PlacementItem): boolean {
  if (!Number.isInteger(slots) || slots < 1 || spread !== undefined) return false
  if (refusals !== undefined && refusals.length > 0) return false
  return failback === undefined || preferences.length === 0
}

/** Equal for equal preferences, in whatever order their labels come. */
function textOf(preferences: readonly NodePreference[]): string {
  return JSON.stringify(preferences.map(({ weight, nodeSelector }) => [weight, sortedLabels(nodeSelector)]))
}

function saltOfRules({ location, nodeSelector }: Eligibility): string {
  return JSON.stringify([location, sortedLabels(nodeSelector)])
}

function sortedLabels(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(labels).sort(([a], [b]) => compareText(a, b))
}
