import type { Branch, Flow } from './flow.ts'
import { highCost, loadCost, lowCost } from './marginal-cost.ts'
import { tieBreak } from './order.ts'

/**
 * Step two: whoever waits goes, one after another, to the target that costs least as things stand. That is greedy: it may
 * take the only place that another could have had. The exchanges that follow mend it, so a good order saves work: those
 * with the fewest targets first, and before that, when not all can be served, those of the highest priority.
 */
export function fill(flow: Flow): void {
  const pending = [...flow.classes.keys()].filter((index) => (flow.waiting[index] ?? 0) > 0)
  const isScarce = flow.capacities.reduce((sum, slots) => sum + slots, 0) < total(flow)
  const choices = (index: number): number => flow.classes[index]?.allowed.length ?? 0
  const priority = (index: number): number => flow.leftOut[index] ?? 0
  const order = (a: number, b: number): number =>
    isScarce
      ? priority(b) - priority(a) || choices(a) - choices(b)
      : choices(a) - choices(b) || priority(b) - priority(a)
  for (const itemClass of pending.sort((a, b) => order(a, b) || a - b)) fillClass(flow, itemClass)
}

function total({ waiting, served }: Flow): number {
  return waiting.reduce((sum, items) => sum + items, 0) + served.reduce((sum, items) => sum + items, 0)
}

/** Serves those of a class that wait, as far as there is room; the targets that they go to, one by one. */
export function fillClass(flow: Flow, itemClass: number): readonly number[] {
  const waiting = flow.waiting[itemClass] ?? 0
  const queue = waiting > few ? new CheapestFirst(flow, itemClass) : undefined
  const targets: number[] = []
  while (targets.length < waiting) {
    const best = queue === undefined ? cheapest(flow, itemClass) : queue.take()
    if (best === undefined) break
    flow.put(best.branch, best.target, 1)
    queue?.offer(best.branch, best.target)
    targets.push(best.target)
  }
  return targets
}

/** So many are found faster one by one than by keeping all places in order. */
const few = 8

/** The cheapest place that has room, by looking at each; what `CheapestFirst` would take. */
function cheapest(flow: Flow, itemClass: number): Pick<Place, 'branch' | 'target'> | undefined {
  let found: { readonly branch: number; readonly target: number } | undefined
  let [bestHigh, bestLow, bestRank] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const index of flow.branchesOf[itemClass] ?? []) {
    const branch = flow.branches[index]
    for (const target of branch?.allowed ?? []) {
      if (branch === undefined || flow.roomFor(index, target) <= 0) continue
      const nth = branch.counts[target] ?? 0
      const high = highCost(flow, branch, target, nth)
      if (high > bestHigh) continue
      const low = lowCost(flow, branch, target, nth) + loadCost(flow, target)
      if (high === bestHigh && low > bestLow) continue
      const rank = tieBreak(itemClass, flow.targets[target]?.hash ?? 0)
      if (high === bestHigh && low === bestLow && rank >= bestRank) continue
      found = { branch: index, target }
      ;[bestHigh, bestLow, bestRank] = [high, low, rank]
    }
  }
  return found
}

interface Place {
  readonly branch: number
  readonly target: number
  readonly high: number
  readonly low: number
  readonly rank: number
}

/** The places that the class may take, as a binary heap: a place's cost changes only when one is put there. */
class CheapestFirst {
  readonly #flow: Flow
  readonly #heap: Place[] = []
  readonly #salt: number

  constructor(flow: Flow, itemClass: number) {
    this.#flow = flow
    this.#salt = itemClass
    for (const branch of flow.branchesOf[itemClass] ?? []) {
      for (const target of flow.branches[branch]?.allowed ?? []) this.offer(branch, target)
    }
  }

  /** Takes the place into consideration if it has room. */
  offer(branchIndex: number, target: number): void {
    const branch = this.#flow.branches[branchIndex]
    if (branch === undefined || this.#flow.roomFor(branchIndex, target) <= 0) return
    this.#push(this.#place(branchIndex, branch, target))
  }

  /** The cheapest place that still has room: a limit of the group or the zone may have been reached meanwhile. */
  take(): Place | undefined {
    for (;;) {
      const best = this.#pop()
      if (best === undefined || this.#flow.roomFor(best.branch, best.target) > 0) return best
    }
  }

  #place(branchIndex: number, branch: Branch, target: number): Place {
    const flow = this.#flow
    const nth = branch.counts[target] ?? 0
    return {
      branch: branchIndex,
      target,
      high: highCost(flow, branch, target, nth),
      low: lowCost(flow, branch, target, nth) + loadCost(flow, target),
      rank: tieBreak(this.#salt, flow.targets[target]?.hash ?? 0),
    }
  }

  #push(place: Place): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(place)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(place, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = place
  }

  #pop(): Place | undefined {
    const heap = this.#heap
    const best = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return best
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left !== undefined && right !== undefined && isBefore(right, left)) child += 1
      const below = heap[child]
      if (below === undefined || !isBefore(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return best
  }
}

function isBefore(a: Place, b: Place): boolean {
  if (a.high !== b.high) return a.high < b.high
  if (a.low !== b.low) return a.low < b.low
  return a.rank !== b.rank ? a.rank < b.rank : a.target < b.target
}
