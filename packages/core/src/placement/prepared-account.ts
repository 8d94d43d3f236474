import { expand } from './expand.ts'
import { fillClass } from './fill.ts'
import type { Flow } from './flow.ts'
import { improve } from './improve.ts'
import { compareText } from './order.ts'
import type { PlacementItem, PlacementNode } from './placement-input.ts'
import type { Certificate } from './placement-result.ts'
import { Room } from './room.ts'
import { isSound, looseHome, type Roster } from './roster.ts'
import type { Solution } from './solution.ts'
import { createTarget, dead, nowhere, type Target } from './target.ts'

type Relocations = ReadonlyMap<string, string | null>

/**
 * The placement of one account, kept with its counts by class, so that the usual changes touch only whom they concern.
 * The others are answered by `undefined`: the account is to be solved again.
 */
export class PreparedAccount {
  readonly name: string
  readonly #solution: Solution
  readonly #items: PlacementItem[]
  readonly #targets: Target[]
  readonly #indexByName: ReadonlyMap<string, number>
  #certificate: Certificate

  constructor(solution: Solution) {
    this.name = solution.account
    this.#solution = solution
    this.#items = [...solution.roster.items]
    this.#targets = [...solution.targets]
    this.#indexByName = new Map(this.#targets.map(({ node }, index) => [node.name, index]))
    this.#certificate = solution.certificate
  }

  /** By name, as last given. */
  get items(): readonly PlacementItem[] {
    return this.#items
  }

  /** Those on it go elsewhere, one after another. */
  nodeLost(gone: PlacementNode): Relocations | undefined {
    const lost = this.#indexByName.get(gone.name)
    const server = gone.accounts.get(this.name)
    const flow = this.#solution.flow
    if (lost === undefined || server === undefined) return new Map()
    if (flow === undefined || this.#isYardstick(lost) || this.#hasFailbackDue()) return undefined
    this.#targets[lost] = createTarget(gone, server)
    flow.capacities[lost] = 0
    const {
      targetOf,
      roster: { classOf },
    } = this.#solution
    const moved = this.#membersOf(lost)
    const before = targetOf.slice()
    for (const position of moved) this.#takeAway(flow, position, lost)
    const byClass = Map.groupBy(moved, (position) => classOf[position] ?? -1)
    for (const [itemClass, positions] of byClass) {
      if (!this.#serve(flow, itemClass, positions)) return this.#giveUp(before)
    }
    this.#certificate = pending
    return this.#relocations(moved)
  }

  /** It may go elsewhere; nobody else does. */
  itemChanged(item: PlacementItem): Relocations | undefined {
    const { flow, roster, targetOf } = this.#solution
    const position = this.#position(item.name)
    const old = this.#items[position ?? -1]
    if (flow === undefined || position === undefined || old === undefined) return undefined
    if (!isSimple(item, old) || (roster.classOf[position] ?? -1) < 0) return undefined
    const { itemClass, home, kind } = roster.enrolOne(item)
    if (itemClass >= flow.classes.length) return undefined
    const here = targetOf[position] ?? nowhere
    if (here === nowhere || this.#targets[here]?.standing === dead) return undefined
    const before = targetOf.slice()
    this.#takeAway(flow, position, here)
    flow.enlist(position, roster, -1)
    this.#items[position] = item
    roster.classOf[position] = itemClass
    roster.homeOf[position] = home
    roster.homeKinds[position] = kind
    flow.enlist(position, roster)
    if (!this.#serve(flow, itemClass, [position])) return this.#giveUp(before)
    this.#certificate = pending
    return targetOf[position] === here ? new Map() : this.#relocations([position])
  }

  certify(): { readonly relocations: Relocations; readonly certificate: Certificate } {
    const { flow, roster, targetOf } = this.#solution
    if (flow === undefined || this.#certificate !== pending) {
      return { relocations: new Map(), certificate: this.#certificate }
    }
    this.#certificate = improve(flow)
    if (this.#certificate.exchanges === 0) return { relocations: new Map(), certificate: this.#certificate }
    const before = targetOf.slice()
    targetOf.fill(nowhere)
    expand(flow, roster, this.#items.keys(), targetOf)
    const moved = [...this.#items.keys()].filter((position) => targetOf[position] !== before[position])
    return { relocations: this.#relocations(moved), certificate: this.#certificate }
  }

  /** `undefined`: no such item. */
  nodeOf(item: string): string | null | undefined {
    const position = this.#position(item)
    return position === undefined ? undefined : this.#nodeAt(position)
  }

  nodes(): Relocations {
    return this.#relocations([...this.#items.keys()])
  }

  solution(): Solution {
    const { account, roster, targetOf, flow } = this.#solution
    const current: Roster = { ...roster, items: this.#items }
    const room = new Room(this.#targets, current, targetOf)
    return { account, targets: this.#targets, roster: current, targetOf, room, certificate: this.#certificate, flow }
  }

  /** Nobody else is as healthy, or has as many slots, so that without it the others' costs would be others. */
  #isYardstick(index: number): boolean {
    const one = this.#targets[index]
    const others = this.#targets.filter((other) => other !== one && other.standing === one?.standing)
    const capacities = others.map(({ slots }) => slots)
    return !others.some(({ penalty }) => penalty === one?.penalty) || !capacities.includes(one?.slots ?? 0)
  }

  /** Then somebody's home may be fit again, now that the node it likes better is gone. */
  #hasFailbackDue(): boolean {
    const { homeOf, homeKinds } = this.#solution.roster
    return homeKinds.some((kind, position) => {
      return kind === looseHome && this.#targets[homeOf[position] ?? nowhere]?.standing === 0
    })
  }

  /** The counts are no longer of use, but who was where is, to tell what solving again changes. */
  #giveUp(before: Int32Array): undefined {
    this.#solution.targetOf.set(before)
    return undefined
  }

  #membersOf(target: number): number[] {
    const { targetOf } = this.#solution
    const members: number[] = []
    for (let position = targetOf.indexOf(target); position !== -1; position = targetOf.indexOf(target, position + 1)) {
      members.push(position)
    }
    return members
  }

  #takeAway(flow: Flow, position: number, target: number): void {
    const itemClass = this.#solution.roster.classOf[position] ?? -1
    const branch = flow.branchesOf[itemClass]?.find((index) => (flow.branches[index]?.counts[target] ?? 0) > 0)
    if (branch !== undefined) flow.put(branch, target, -1)
    this.#solution.targetOf[position] = nowhere
  }

  /** Whether all of them found a target. */
  #serve(flow: Flow, itemClass: number, positions: readonly number[]): boolean {
    const targets = fillClass(flow, itemClass)
    for (const [index, target] of targets.entries()) {
      const position = positions[index]
      if (position !== undefined) this.#solution.targetOf[position] = target
    }
    return targets.length === positions.length
  }

  #relocations(positions: readonly number[]): Relocations {
    return new Map(positions.map((position) => [this.#items[position]?.name ?? '', this.#nodeAt(position)]))
  }

  #nodeAt(position: number): string | null {
    return this.#targets[this.#solution.targetOf[position] ?? nowhere]?.node.name ?? null
  }

  /** They are in the order of their names. */
  #position(name: string): number | undefined {
    let [low, high] = [0, this.#items.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareText(this.#items[middle]?.name ?? '', name) < 0) low = middle + 1
      else high = middle
    }
    return this.#items[low]?.name === name ? low : undefined
  }
}

const pending: Certificate = { proven: false, reason: 'Pending', exchanges: 0 }

/** What binds others too, or changes how slots are counted, is not simple. */
function isSimple(item: PlacementItem, old: PlacementItem): boolean {
  return (
    isSound(item) &&
    item.spread === undefined &&
    old.spread === undefined &&
    (item.slots ?? 1) === (old.slots ?? 1) &&
    item.eligibility.account === old.eligibility.account
  )
}
