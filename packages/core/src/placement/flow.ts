import type { CostModel } from './cost.ts'
import type { GroupLimits, ItemClass } from './item-class.ts'
import { fitHome, type Roster } from './roster.ts'
import { nowhere, type Target } from './target.ts'

/**
 * The part of a class that may go to one zone, if the class has a limit per zone; else the whole class. What is not at a
 * target is counted with the class, as waiting.
 */
export interface Branch {
  readonly class: number
  readonly allowed: Int32Array
  /** The most that may be at targets. */
  readonly limit: number
  /** In the cost model's `high`, by target: one that is not at home there; infinite where only those at home may be. */
  readonly high: Float64Array
  /** In the cost model's `low`, by target. */
  readonly aversion: Float64Array
  /** By target: how many of the class are at home there, and bound to it by a fit or a loose tie; see `Flow.addHomes`. */
  fitHomes: Int32Array
  looseHomes: Int32Array
  /** By target: how many are there. */
  readonly counts: Int32Array
}

/** How many items of which class are at which target: the whole state of a placement, while it is being worked out. */
export class Flow {
  readonly targets: readonly Target[]
  readonly capacities: Float64Array
  readonly costs: CostModel
  readonly classes: readonly ItemClass[]
  readonly groups: readonly GroupLimits[]
  readonly branches: readonly Branch[]
  readonly branchesOf: readonly (readonly number[])[]
  /** The homes of a branch that has none: one list for all, since there may be thousands of them. */
  readonly #noHomes: Int32Array
  /** By class: what it costs, in `high`, to leave one of it out. */
  readonly leftOut: Float64Array
  /** By class. */
  readonly waiting: Int32Array
  /** By branch: how many are at targets. */
  readonly served: Int32Array
  /** By target. */
  readonly loads: Int32Array
  /** By target: how many servers it stands for, as alike as one to another (see `fillAlike`); one, as a rule. */
  readonly servers: Int32Array
  /** By target: what each of these has beside `loads`. */
  readonly baseLoads: Int32Array
  /** By group, then by target. */
  readonly groupLoads: readonly Int32Array[]
  /** By group. */
  readonly groupServed: Int32Array

  constructor(
    targets: readonly Target[],
    capacities: Float64Array,
    roster: Pick<Roster, 'classes' | 'groups'>,
    costs: CostModel,
    { servers, baseLoads }: Partial<Pick<Flow, 'servers' | 'baseLoads'>> = {},
  ) {
    this.targets = targets
    this.capacities = capacities
    this.costs = costs
    this.classes = roster.classes
    this.groups = roster.groups
    this.#noHomes = new Int32Array(targets.length)
    this.branches = createBranches(roster.classes, targets, costs, this.#noHomes)
    const branchesOf = roster.classes.map((): number[] => [])
    for (const [index, branch] of this.branches.entries()) branchesOf[branch.class]?.push(index)
    this.branchesOf = branchesOf
    this.leftOut = costs.leftOut
    this.waiting = new Int32Array(roster.classes.length)
    this.served = new Int32Array(this.branches.length)
    this.loads = new Int32Array(targets.length)
    this.servers = servers ?? new Int32Array(targets.length).fill(1)
    this.baseLoads = baseLoads ?? new Int32Array(targets.length)
    this.groupLoads = roster.groups.map(() => new Int32Array(targets.length))
    this.groupServed = new Int32Array(roster.groups.length)
  }

  /** Lets one more item wait. */
  enlist(position: number, { classOf, homeOf, homeKinds }: Roster): void {
    const itemClass = classOf[position] ?? -1
    if (itemClass < 0) return
    this.waiting[itemClass] = (this.waiting[itemClass] ?? 0) + 1
    const home = homeOf[position] ?? nowhere
    if (home === nowhere) return
    for (const index of this.branchesOf[itemClass] ?? []) {
      const branch = this.branches[index]
      if (branch === undefined || !this.#mayGo(branch, home)) continue
      this.addHomes(branch, homeKinds[position] === fitHome ? 'fitHomes' : 'looseHomes', home, 1)
    }
  }

  addHomes(branch: Branch, kind: 'fitHomes' | 'looseHomes', target: number, items: number): void {
    if (branch[kind] === this.#noHomes) branch[kind] = new Int32Array(this.targets.length)
    const homes = branch[kind]
    homes[target] = (homes[target] ?? 0) + items
  }

  hasHomes(branch: Branch): boolean {
    return branch.fitHomes !== this.#noHomes || branch.looseHomes !== this.#noHomes
  }

  /** Puts so many that wait to a target; a negative number takes them back. The caller has asked `roomFor`. */
  put(branchIndex: number, target: number, items: number): void {
    const branch = this.branches[branchIndex]
    if (branch === undefined) return
    const group = this.groupOf(branch)
    branch.counts[target] = (branch.counts[target] ?? 0) + items
    this.served[branchIndex] = (this.served[branchIndex] ?? 0) + items
    this.waiting[branch.class] = (this.waiting[branch.class] ?? 0) - items
    this.loads[target] = (this.loads[target] ?? 0) + items
    const groupLoads = this.groupLoads[group]
    if (groupLoads === undefined) return
    groupLoads[target] = (groupLoads[target] ?? 0) + items
    this.groupServed[group] = (this.groupServed[group] ?? 0) + items
  }

  /** How many more of the branch may come to the target as things stand. */
  roomFor(branchIndex: number, target: number): number {
    const branch = this.branches[branchIndex]
    if (branch === undefined) return 0
    const free = (this.capacities[target] ?? 0) - (this.loads[target] ?? 0)
    const isReserved = branch.high[target] === Number.POSITIVE_INFINITY
    const most = isReserved ? this.#homesAt(branch, target) - (branch.counts[target] ?? 0) : Number.POSITIVE_INFINITY
    const room = Math.min(free, most, branch.limit - (this.served[branchIndex] ?? 0))
    const group = this.groupOf(branch)
    const limits = this.groups[group]
    if (limits === undefined) return room
    const inGroup = limits.perNode - (this.groupLoads[group]?.[target] ?? 0)
    return Math.min(room, inGroup, limits.total - (this.groupServed[group] ?? 0))
  }

  #homesAt({ fitHomes, looseHomes }: Branch, target: number): number {
    return (fitHomes[target] ?? 0) + (looseHomes[target] ?? 0)
  }

  groupOf(branch: Branch): number {
    return this.classes[branch.class]?.group ?? -1
  }

  /** A whole class may go to each home that its items have; a part of it only to its zone. */
  #mayGo({ allowed, limit }: Branch, home: number): boolean {
    return limit === Number.POSITIVE_INFINITY || allowed.includes(home)
  }
}

function createBranches(
  classes: readonly ItemClass[],
  targets: readonly Target[],
  costs: CostModel,
  noHomes: Int32Array,
): Branch[] {
  const indifferent = new Float64Array(targets.length)
  return classes.flatMap((itemClass, index) => {
    const high = highOf(itemClass, costs)
    return partsOf(itemClass, targets).map((allowed): Branch => {
      const { aversion, perZone } = itemClass
      return {
        class: index,
        allowed,
        limit: perZone,
        high,
        aversion: aversion?.map((weight) => weight * costs.liking) ?? indifferent,
        fitHomes: noHomes,
        looseHomes: noHomes,
        counts: new Int32Array(targets.length),
      }
    })
  })
}

/** Going where a failback is due costs no more by moves than staying. */
function highOf({ failback, reserved }: ItemClass, { health, move }: CostModel): Float64Array {
  if (failback === undefined && reserved === undefined) return health
  const high = health.slice()
  for (const target of failback ?? []) high[target] = (high[target] ?? 0) - move
  for (const target of reserved ?? []) high[target] = Number.POSITIVE_INFINITY
  return high
}

function partsOf({ allowed, perZone }: ItemClass, targets: readonly Target[]): readonly Int32Array[] {
  if (perZone === Number.POSITIVE_INFINITY) return [allowed]
  const byZone = Map.groupBy(allowed, (index) => targets[index]?.zone ?? '')
  return [...byZone.values()].map((part) => Int32Array.from(part))
}
