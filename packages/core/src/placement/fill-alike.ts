import type { CostModel } from './cost.ts'
import { fill, fillTargets, pendingClasses } from './fill.ts'
import { type Branch, Flow } from './flow.ts'
import { Improvement } from './improve.ts'
import type { ItemClass } from './item-class.ts'
import { nested } from './nested-map.ts'

/** So many steps are looked at, at most; what has come of it by then is taken. */
const mostLooks = 3_000_000

/**
 * Step two, for many that wait, as on a cold start: most servers are one like another, for those that wait, so it is first
 * worked out how many of each class go to each kind of server, as if these were one large server. That is the same
 * question with a few kinds instead of thousands of targets, and its best answer takes next to no time; on the servers of
 * a kind the load is then as flat as can be. Nothing rests on it: whatever is not at its best, the exchanges find.
 */
export function fillAlike(flow: Flow): void {
  const pending = pendingClasses(flow)
  const waiting = pending.reduce((sum, itemClass) => sum + (flow.waiting[itemClass] ?? 0), 0)
  if (waiting <= flow.targets.length || flow.groups.length > 0) return
  const kinds = kindsOf(flow, pending)
  if (2 * kinds.length > flow.targets.length) return
  const large = flowOfKinds(flow, pending, kinds)
  fill(large)
  new Improvement(large).advance(mostLooks)
  for (const [index, itemClass] of pending.entries()) {
    const [branch] = flow.branchesOf[itemClass] ?? []
    for (const [kind, items] of large.branches[index]?.counts.entries() ?? []) {
      if (branch !== undefined && items > 0) fillTargets(flow, branch, kinds[kind] ?? [], items)
    }
  }
}

/** The targets by kind: those of one kind are all one to the classes that wait, and have the same load and room. */
function kindsOf(flow: Flow, pending: readonly number[]): readonly (readonly number[])[] {
  const { targets, capacities, loads, costs, classes } = flow
  const partition = new Partition(targets.length)
  partition.split(targets.keys(), (target) => {
    const told = [capacities, loads, costs.loadWeights, costs.health].map((numbers) => numbers[target])
    return hasRoom(flow, target) ? told.join() : ''
  })
  const waiting = pending.flatMap((itemClass) => classes[itemClass] ?? [])
  for (const allowed of new Set(waiting.map((one) => one.allowed))) partition.split(allowed, () => true)
  for (const failback of new Set(waiting.map((one) => one.failback))) partition.split(failback ?? [], () => true)
  for (const aversion of new Set(waiting.map((one) => one.aversion))) {
    if (aversion !== undefined) partition.split(aversion.keys(), (target) => aversion[target])
  }
  // Whoever has a home that it is not at would rather be there than anywhere like it.
  for (const index of pending.flatMap((itemClass) => flow.branchesOf[itemClass] ?? [])) {
    partition.split(openHomes(flow, index), (target) => target)
  }
  return partition.parts()
}

function hasRoom({ capacities, loads }: Flow, target: number): boolean {
  return (capacities[target] ?? 0) > (loads[target] ?? 0)
}

function* openHomes(flow: Flow, index: number): Generator<number> {
  const branch = flow.branches[index]
  if (branch === undefined || !flow.hasHomes(branch)) return
  const { fitHomes, looseHomes, counts } = branch
  for (let target = 0; target < counts.length; target += 1) {
    const homes = (fitHomes[target] ?? 0) + (looseHomes[target] ?? 0)
    if (homes > (counts[target] ?? 0) && hasRoom(flow, target)) yield target
  }
}

/** Numbers that are told apart by more and more keys. */
class Partition {
  readonly #partOf: Int32Array
  #parts = 1

  constructor(size: number) {
    this.#partOf = new Int32Array(size)
  }

  /** Those of one part that have the same key, and no others, stay together. */
  split(numbers: Iterable<number>, keyOf: (number: number) => unknown): void {
    const known = new Map<number, Map<unknown, number>>()
    for (const number of numbers) {
      const ofPart = nested(known, this.#partOf[number] ?? 0)
      const key = keyOf(number)
      const part = ofPart.get(key) ?? this.#parts
      if (part === this.#parts) {
        ofPart.set(key, part)
        this.#parts += 1
      }
      this.#partOf[number] = part
    }
  }

  /** In the order of the least number of each. */
  parts(): readonly (readonly number[])[] {
    return [...Map.groupBy(this.#partOf.keys(), (number) => this.#partOf[number]).values()]
  }
}

/** The same question with a kind of servers for each target, and with the classes that wait alone, in their order. */
function flowOfKinds(flow: Flow, pending: readonly number[], kinds: readonly (readonly number[])[]): Flow {
  const first = kinds.map(([target = 0]) => target)
  const ofFirst = (numbers: Float64Array): Float64Array => Float64Array.from(first, (target) => numbers[target] ?? 0)
  const kindOf = new Int32Array(flow.targets.length)
  for (const [kind, targets] of kinds.entries()) for (const target of targets) kindOf[target] = kind
  const inKinds = (targets: Int32Array): Int32Array =>
    Int32Array.from(new Set([...targets].map((target) => kindOf[target] ?? 0))).sort()
  const classes = pending.flatMap((index) => flow.classes[index] ?? [])
  const allowed = new Map([...new Set(classes.map((one) => one.allowed))].map((list) => [list, inKinds(list)]))
  const { costs } = flow
  const costsOfKinds: CostModel = {
    ...costs,
    leftOut: Float64Array.from(pending, (itemClass) => costs.leftOut[itemClass] ?? 0),
    health: ofFirst(costs.health),
    healthAtHome: ofFirst(costs.healthAtHome),
    loadWeights: ofFirst(costs.loadWeights),
  }
  const room = kinds.map((targets) =>
    targets.reduce((sum, target) => sum + (flow.capacities[target] ?? 0) - (flow.loads[target] ?? 0), 0),
  )
  const large = new Flow(
    first.flatMap((target) => flow.targets[target] ?? []),
    Float64Array.from(room),
    {
      groups: [],
      classes: classes.map((one): ItemClass => ({
        ...one,
        allowed: allowed.get(one.allowed) ?? one.allowed,
        aversion: one.aversion === undefined ? undefined : ofFirst(one.aversion),
        failback: one.failback === undefined ? undefined : inKinds(one.failback),
      })),
    },
    costsOfKinds,
    {
      servers: Int32Array.from(kinds, (targets) => targets.length),
      baseLoads: Int32Array.from(first, (target) => flow.loads[target] ?? 0),
    },
  )
  for (const [index, itemClass] of pending.entries()) {
    large.waiting[index] = flow.waiting[itemClass] ?? 0
    const [branch] = (flow.branchesOf[itemClass] ?? []).flatMap((one) => flow.branches[one] ?? [])
    if (branch !== undefined && flow.hasHomes(branch)) takeOverHomes(branch, first, large, index)
  }
  return large
}

/** The homes that are still open; who has one is at a kind of its own. `first`: by kind, its first target. */
function takeOverHomes(from: Branch, first: readonly number[], large: Flow, index: number): void {
  const { fitHomes, looseHomes, counts } = from
  const to = large.branches[index]
  if (to === undefined) return
  for (const [kind, target] of first.entries()) {
    const fit = fitHomes[target] ?? 0
    const here = counts[target] ?? 0
    large.addHomes(to, 'fitHomes', kind, Math.max(0, fit - here))
    large.addHomes(to, 'looseHomes', kind, Math.max(0, fit + (looseHomes[target] ?? 0) - Math.max(fit, here)))
  }
}
