import { contains } from './ascending.ts'
import { GroupedCount } from './grouped-count.ts'
import type { GroupLimits, ItemClass } from './item-class.ts'
import type { Roster } from './roster.ts'
import { dead, nowhere, type Standing, type Target } from './target.ts'

/** What rule, if any, keeps an item from a target that its hard rules allow. */
export type Obstacle = 'NoFreeSlot' | RuleObstacle
export type RuleObstacle = 'RefusedByProvider' | 'SpreadPerNode' | 'SpreadPerZone'

export interface SpreadLimits {
  readonly name: string
  /** Infinite without a limit. */
  readonly perNode: number
  /** Infinite without a limit. */
  readonly perZone: number
}

/** Who is where, item by item, with the slots that are truly taken. */
export class Room {
  readonly targets: readonly Target[]
  readonly roster: Roster
  readonly targetOf: Int32Array
  /** By target. */
  readonly taken: Float64Array
  /** By target: how many items, whatever their size. */
  readonly loads: Int32Array
  /** By class. */
  readonly #limits: readonly (SpreadLimits | undefined)[]
  readonly #nodes: GroupedCount
  readonly #zones: GroupedCount

  /** `before`: a room for the same targets, classes and `targetOf`, whose counts are taken over. */
  constructor(targets: readonly Target[], roster: Roster, targetOf: Int32Array, before?: Room) {
    this.targets = targets
    this.roster = roster
    this.targetOf = targetOf
    if (before !== undefined) {
      this.taken = before.taken.slice()
      this.loads = before.loads.slice()
      this.#limits = before.#limits
      this.#nodes = before.#nodes.copy()
      this.#zones = before.#zones.copy()
      return
    }
    this.taken = new Float64Array(targets.length)
    this.loads = new Int32Array(targets.length)
    this.#limits = roster.classes.map((itemClass) => spreadLimits(itemClass, roster.groups))
    this.#nodes = new GroupedCount()
    this.#zones = new GroupedCount()
    for (let position = 0; position < targetOf.length; position += 1) this.#count(position, 1)
  }

  /** The same without some of the items. */
  without(positions: readonly number[]): Room {
    const room = new Room(this.targets, this.roster, this.targetOf.slice(), this)
    for (const position of positions) room.move(position, nowhere)
    return room
  }

  slotsOf(position: number): number {
    return this.roster.items[position]?.slots ?? 1
  }

  free(target: number): number {
    return (this.targets[target]?.slots ?? 0) - (this.taken[target] ?? 0)
  }

  move(position: number, target: number): void {
    this.#count(position, -1)
    this.targetOf[position] = target
    this.#count(position, 1)
  }

  /** Why the item cannot go to the target as things stand, it alone leaving its own place. */
  obstacle(position: number, target: number): Obstacle | undefined {
    const here = this.targetOf[position] ?? nowhere
    if (here === target) return undefined
    if (this.free(target) < this.slotsOf(position)) return 'NoFreeSlot'
    return this.ruleObstacle(position, target)
  }

  /** The same, slots apart. */
  ruleObstacle(position: number, target: number): RuleObstacle | undefined {
    const limits = this.limitsOf(position)
    if (limits === undefined) return undefined
    if (this.roster.refusedTo.get(position)?.has(target) === true) return 'RefusedByProvider'
    const here = this.targetOf[position] ?? nowhere
    if (here !== target && this.#nodes.get(limits.name, target) >= limits.perNode) return 'SpreadPerNode'
    const zone = this.#zoneOf(target)
    const isInZone = here !== nowhere && this.#zoneOf(here) === zone
    return !isInZone && this.#zones.get(limits.name, zone) >= limits.perZone ? 'SpreadPerZone' : undefined
  }

  classOf(position: number): ItemClass | undefined {
    return this.roster.classes[this.roster.classOf[position] ?? -1]
  }

  /** The targets for which the item would leave its fit home now; `undefined`: there are none. */
  dueFailback(position: number): Int32Array | undefined {
    return this.roster.failbackOf.get(position) ?? this.classOf(position)?.failback
  }

  /** Whether going there is no move for it: it would leave its fit home for that now. */
  isFailback(position: number, target: number): boolean {
    const due = this.dueFailback(position)
    return due !== undefined && contains(due, target)
  }

  standingAt(target: number): Standing {
    return this.targets[target]?.standing ?? dead
  }

  /** The limits of its spread group; `undefined`: it is in none. */
  limitsOf(position: number): SpreadLimits | undefined {
    return this.#limits[this.roster.classOf[position] ?? -1]
  }

  /** Who is on a dead node does not count against those that serve. */
  #zoneOf(target: number): string {
    const { zone = '', standing = 0 } = this.targets[target] ?? {}
    return standing === dead ? `dead ${zone}` : zone
  }

  #count(position: number, items: 1 | -1): void {
    const target = this.targetOf[position] ?? nowhere
    if (target === nowhere) return
    this.taken[target] = (this.taken[target] ?? 0) + items * this.slotsOf(position)
    this.loads[target] = (this.loads[target] ?? 0) + items
    const limits = this.limitsOf(position)
    if (limits === undefined) return
    this.#nodes.add(limits.name, target, items)
    this.#zones.add(limits.name, this.#zoneOf(target), items)
  }
}

function spreadLimits(itemClass: ItemClass, groups: readonly GroupLimits[]): SpreadLimits | undefined {
  const group = groups[itemClass.group]
  if (group === undefined) return undefined
  return { name: group.name, perNode: group.perNode, perZone: Math.min(itemClass.perZone, group.total) }
}
