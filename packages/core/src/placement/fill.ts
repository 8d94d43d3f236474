import type { Branch, Flow } from './flow.ts'
import { highCost, loadCost, lowCost } from './marginal-cost.ts'
import { tieBreak } from './order.ts'

/**
 * Whoever waits goes, one after another, to the target that costs least as things stand. That is greedy: it may take the
 * only place that another could have had. The exchanges that follow mend it, so a good order saves work: those with the
 * fewest targets first. If somebody is left out then, all go once more, the highest priority first.
 */
export function fill(flow: Flow): void {
  const pending = pendingClasses(flow)
  const choices = (index: number): number => flow.classes[index]?.allowed.length ?? 0
  const priority = (index: number): number => flow.leftOut[index] ?? 0
  pending.sort((a, b) => choices(a) - choices(b) || priority(b) - priority(a) || a - b)
  const taken: Seat[] = []
  for (const itemClass of pending) fillClass(flow, itemClass, taken)
  if (pending.every((index) => flow.waiting[index] === 0)) return
  for (const { branch, target } of taken) flow.put(branch, target, -1)
  pending.sort((a, b) => priority(b) - priority(a) || choices(a) - choices(b) || a - b)
  for (const itemClass of pending) fillClass(flow, itemClass)
}

export function pendingClasses({ classes, waiting }: Flow): number[] {
  return [...classes.keys()].filter((index) => (waiting[index] ?? 0) > 0)
}

type Seat = Pick<Place, 'branch' | 'target'>

/** Serves those of a class that wait, as far as there is room; adds each place to `taken`. */
export function fillClass(flow: Flow, itemClass: number, taken?: Seat[]): void {
  const waiting = flow.waiting[itemClass] ?? 0
  const queue = waiting > few ? new CheapestFirst(flow, itemClass, placesOf(flow, itemClass)) : undefined
  for (let served = 0; served < waiting; served += 1) {
    const best = queue === undefined ? cheapest(flow, itemClass) : queue.take()
    if (best === undefined) return
    flow.put(best.branch, best.target, 1)
    taken?.push({ branch: best.branch, target: best.target })
    queue?.offer(best.branch, best.target)
  }
}

function placesOf({ branches, branchesOf }: Flow, itemClass: number): (readonly [number, Iterable<number>])[] {
  return (branchesOf[itemClass] ?? []).map((index) => [index, branches[index]?.allowed ?? []])
}

/** Serves so many of a branch at some of its targets, the cheapest first. */
export function fillTargets(flow: Flow, branch: number, targets: Iterable<number>, items: number): void {
  const itemClass = flow.branches[branch]?.class ?? -1
  const queue = new CheapestFirst(flow, itemClass, [[branch, targets]])
  for (let served = 0; served < items; served += 1) {
    const best = queue.take()
    if (best === undefined) return
    flow.put(branch, best.target, 1)
    queue.offer(branch, best.target)
  }
}

/** So many are found faster one by one than by keeping all places in order. */
const few = 8

/** The cheapest place that has room, by looking at each; what `CheapestFirst` would take. */
function cheapest(flow: Flow, itemClass: number): Seat | undefined {
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
      const rank = tieBreak(flow.classes[itemClass]?.salt ?? 0, flow.targets[target]?.hash ?? 0)
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

  /** `places`: branches of the class, each with the targets that it may use. */
  constructor(flow: Flow, itemClass: number, places: Iterable<readonly [number, Iterable<number>]>) {
    this.#flow = flow
    this.#salt = flow.classes[itemClass]?.salt ?? 0
    for (const [branch, targets] of places) for (const target of targets) this.offer(branch, target)
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
