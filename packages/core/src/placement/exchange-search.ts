import { isGain } from './exchange.ts'
import type { Branch, Flow } from './flow.ts'
import { highCost, loadCost, lowCost } from './marginal-cost.ts'
import type { ResidualGraph } from './residual-graph.ts'

/** Paths from the ledger that are longer are left to the search for rings. */
const longest = 60

/**
 * Looks for an exchange that betters the placement: a cycle of steps in the residual graph whose costs sum up to less
 * than nothing. Bellman and Ford's method: every vertex has a label, and every step says that the label of its end can
 * be no more than that of its start plus its cost. Lowering labels until all steps agree proves that there is no such
 * cycle; if there is one, lowering runs around it, and the parents show it.
 */
export class ExchangeSearch {
  readonly graph: ResidualGraph
  readonly #flow: Flow
  readonly #high: Float64Array
  readonly #low: Float64Array
  readonly #parents: Int32Array
  /** Branches whose arrivals must be looked at: their own label was lowered, or their items have changed places. */
  readonly #unsettled: Uint8Array
  /** Branches all of whose departures must be looked at, and not only those from places whose labels were lowered. */
  readonly #unread: Uint8Array
  /** By branch: the targets where it has items, as far as known. */
  readonly #occupied: (readonly number[] | undefined)[]
  /** Places whose labels were lowered in the last round, and those of this one. */
  #lowered: number[] = []
  #lowering: number[] = []
  readonly #isLowering: Uint8Array
  /** The label of the ledger when the round began. */
  #ledgerHigh = 0
  #ledgerLow = 0
  #changed = false
  /** How many steps have been looked at, about: what the search costs. */
  looks = 0

  constructor(graph: ResidualGraph) {
    this.graph = graph
    this.#flow = graph.flow
    this.#high = new Float64Array(graph.size)
    this.#low = new Float64Array(graph.size)
    this.#parents = new Int32Array(graph.size).fill(-1)
    this.#unsettled = new Uint8Array(graph.flow.branches.length).fill(1)
    this.#unread = new Uint8Array(graph.flow.branches.length).fill(1)
    this.#occupied = graph.flow.branches.map(() => undefined)
    this.#isLowering = new Uint8Array(graph.firstClass)
  }

  /** Lets every step lower its end once; whether any did. */
  round(): boolean {
    this.#changed = false
    this.looks += this.graph.size
    this.#lowered = this.#lowering
    this.#lowering = []
    for (const place of this.#lowered) this.#isLowering[place] = 0
    this.#ledgerHigh = this.#high[this.graph.ledger] ?? 0
    this.#ledgerLow = this.#low[this.graph.ledger] ?? 0
    const { branches, classes, groups } = this.#flow
    for (let index = 0; index < branches.length; index += 1) this.#relaxBranch(index)
    for (let index = 0; index < classes.length; index += 1) this.#relaxClass(index)
    for (let index = 0; index < groups.length; index += 1) this.#relaxGroup(index)
    this.#relaxLedger()
    return this.#changed
  }

  /**
   * Cycles that better the placement: those among the parents, and those that lead from the ledger along the parents to
   * a free slot. Each in the direction of its steps; but for the ledger no vertex is on two of them, so that each can be
   * exchanged whatever becomes of the others.
   */
  cycles(): number[][] {
    const used = new Uint8Array(this.graph.size)
    const rings = this.#rings(used)
    const { ledger } = this.graph
    const { loads, capacities } = this.#flow
    const worth = (target: number): number => (this.#low[target] ?? 0) + loadCost(this.#flow, target)
    const ends: number[] = []
    for (let target = 0; target < loads.length; target += 1) {
      const high = this.#high[target] ?? 0
      if (high > this.#ledgerHigh || (high === this.#ledgerHigh && worth(target) >= this.#ledgerLow)) continue
      if ((loads[target] ?? 0) < (capacities[target] ?? 0) && used[target] === 0) ends.push(target)
    }
    ends.sort((a, b) => (this.#high[a] ?? 0) - (this.#high[b] ?? 0) || worth(a) - worth(b))
    for (const end of ends) {
      const path = this.#pathTo(end, used)
      if (path === undefined || !isGain(this.graph, path)) continue
      for (const vertex of path) if (vertex !== ledger) used[vertex] = 1
      rings.push(path)
    }
    return rings
  }

  #rings(used: Uint8Array): number[][] {
    const parents = this.#parents
    const seen = new Int32Array(parents.length)
    const rings: number[][] = []
    for (let start = 0; start < parents.length; start += 1) {
      let at = start
      while (at !== -1 && seen[at] === 0) {
        seen[at] = start + 1
        at = parents[at] ?? -1
      }
      if (at === -1 || seen[at] !== start + 1) continue
      const ring = [at]
      for (let vertex = parents[at] ?? at; vertex !== at; vertex = parents[vertex] ?? at) ring.push(vertex)
      for (const vertex of ring) used[vertex] = 1
      rings.push(ring.reverse())
    }
    return rings
  }

  /** From the ledger to the target along the parents, past vertices that are not used. */
  #pathTo(target: number, used: Uint8Array): number[] | undefined {
    const { ledger } = this.graph
    const path: number[] = []
    for (let at = target; at !== ledger; at = this.#parents[at] ?? -1) {
      if (at === -1 || used[at] === 1 || path.length > longest) return undefined
      path.push(at)
    }
    path.push(ledger)
    return path.reverse()
  }

  /** To be told when the flow has changed; `vertices`: those whose steps may have. */
  forgetParents(vertices: readonly number[]): void {
    for (const vertex of vertices) {
      this.#parents[vertex] = -1
      const branch = vertex - this.graph.firstBranch
      if (branch < 0) continue
      this.#unsettled[branch] = 1
      this.#unread[branch] = 1
      this.#occupied[branch] = undefined
    }
  }

  /** Has every single step looked at in the next round. */
  unsettleAll(): void {
    this.#unsettled.fill(1)
    this.#unread.fill(1)
    this.#parents.fill(-1)
  }

  #relaxBranch(index: number): void {
    const branch = this.#flow.branches[index]
    if (branch === undefined) return
    const { graph } = this
    const vertex = graph.firstBranch + index
    const entrances = graph.entrances(this.#flow.groupOf(branch))
    const itemClass = graph.firstClass + branch.class
    const served = this.#flow.served[index] ?? 0
    if (served < branch.limit) this.#step(itemClass, vertex, 0, 0)
    if (served > 0) {
      this.#relaxDepartures(branch, index, entrances)
      this.#step(vertex, itemClass, 0, 0)
    }
    if (this.#unsettled[index] === 0) return
    this.#unsettled[index] = 0
    this.#relaxArrivals(branch, vertex, entrances)
  }

  /** Somebody of the branch may leave where it is; the cheapest to miss of all of them gives the branch its label. */
  #relaxDepartures(branch: Branch, index: number, entrances: number): void {
    const { counts } = branch
    const occupied = this.#occupiedBy(branch, index)
    const lowered = this.#lowered
    if (this.#unread[index] === 1 || occupied.length <= lowered.length) {
      this.#unread[index] = 0
      this.looks += occupied.length
      for (let at = 0; at < occupied.length; at += 1) this.#depart(branch, index, entrances, occupied[at] ?? 0)
      return
    }
    this.looks += lowered.length
    for (let at = 0; at < lowered.length; at += 1) {
      const target = (lowered[at] ?? 0) - entrances
      if (target >= 0 && target < counts.length && (counts[target] ?? 0) > 0) {
        this.#depart(branch, index, entrances, target)
      }
    }
  }

  #depart(branch: Branch, index: number, entrances: number, target: number): void {
    const { counts, fitHomes, looseHomes, aversion, high: elsewhere } = branch
    const vertex = this.graph.firstBranch + index
    const last = (counts[target] ?? 0) - 1
    const place = entrances + target
    const isHome = last < (fitHomes[target] ?? 0) + (looseHomes[target] ?? 0)
    const cost = isHome ? highCost(this.#flow, branch, target, last) : (elsewhere[target] ?? 0)
    const high = (this.#high[place] ?? 0) - cost
    const known = this.#high[vertex] ?? 0
    if (high > known) return
    const low = (this.#low[place] ?? 0) - (isHome ? lowCost(this.#flow, branch, target, last) : (aversion[target] ?? 0))
    if (high < known || low < (this.#low[vertex] ?? 0)) this.#lower(vertex, high, low, place)
  }

  #occupiedBy({ allowed, counts }: Branch, index: number): readonly number[] {
    const known = this.#occupied[index]
    if (known !== undefined) return known
    const occupied: number[] = []
    for (let at = 0; at < allowed.length; at += 1) {
      const target = allowed[at] ?? 0
      if ((counts[target] ?? 0) > 0) occupied.push(target)
    }
    this.looks += allowed.length
    this.#occupied[index] = occupied
    return occupied
  }

  /** One more of the branch may come anywhere that is allowed; the ledger or a full limit will say what that takes. */
  #relaxArrivals(branch: Branch, vertex: number, entrances: number): void {
    const { allowed, counts, fitHomes, looseHomes, aversion, high: elsewhere } = branch
    this.looks += allowed.length
    const highHere = this.#high[vertex] ?? 0
    const lowHere = this.#low[vertex] ?? 0
    for (let position = 0; position < allowed.length; position += 1) {
      const target = allowed[position] ?? 0
      const place = entrances + target
      const nth = counts[target] ?? 0
      const isHome = nth < (fitHomes[target] ?? 0) + (looseHomes[target] ?? 0)
      const high = highHere + (isHome ? highCost(this.#flow, branch, target, nth) : (elsewhere[target] ?? 0))
      const known = this.#high[place] ?? 0
      if (high > known) continue
      const low = lowHere + (isHome ? lowCost(this.#flow, branch, target, nth) : (aversion[target] ?? 0))
      if (high < known || low < (this.#low[place] ?? 0)) this.#lower(place, high, low, vertex)
    }
  }

  /** One of the class may be left out, or one that is left out may come in. */
  #relaxClass(index: number): void {
    const { graph } = this
    const vertex = graph.firstClass + index
    const group = this.#flow.classes[index]?.group ?? -1
    const outside = graph.entrances(group) + graph.outside
    const leftOut = this.#flow.leftOut[index] ?? 0
    this.#step(vertex, outside, leftOut, 0)
    if ((this.#flow.waiting[index] ?? 0) > 0) this.#step(outside, vertex, -leftOut, 0)
  }

  #relaxGroup(group: number): void {
    const { graph } = this
    const limits = this.#flow.groups[group]
    const loads = this.#flow.groupLoads[group]
    if (limits === undefined || loads === undefined) return
    const entrances = graph.entrances(group)
    for (let target = 0; target < loads.length; target += 1) {
      const load = loads[target] ?? 0
      if (load < limits.perNode) this.#step(entrances + target, target, 0, 0)
      if (load > 0) this.#step(target, entrances + target, 0, 0)
    }
    this.#step(entrances + graph.outside, graph.outside, 0, 0)
    if ((this.#flow.groupServed[group] ?? 0) < limits.total) this.#step(graph.outside, entrances + graph.outside, 0, 0)
  }

  #relaxLedger(): void {
    const { outside, ledger } = this.graph
    const { loads, capacities } = this.#flow
    for (let target = 0; target < loads.length; target += 1) {
      if ((loads[target] ?? 0) < (capacities[target] ?? 0)) this.#step(target, ledger, 0, loadCost(this.#flow, target))
    }
    this.#step(outside, ledger, 0, 0)
    this.#step(ledger, outside, 0, 0)
    for (let target = 0; target < loads.length; target += 1) {
      if ((loads[target] ?? 0) === 0) continue
      this.#step(ledger, target, 0, -loadCost(this.#flow, target, -1))
    }
  }

  #step(from: number, to: number, high: number, low: number): void {
    const newHigh = (this.#high[from] ?? 0) + high
    const known = this.#high[to] ?? 0
    if (newHigh > known) return
    const newLow = (this.#low[from] ?? 0) + low
    if (newHigh < known || newLow < (this.#low[to] ?? 0)) this.#lower(to, newHigh, newLow, from)
  }

  #lower(vertex: number, high: number, low: number, parent: number): void {
    this.#high[vertex] = high
    this.#low[vertex] = low
    this.#parents[vertex] = parent
    this.#changed = true
    if (vertex >= this.graph.firstBranch) this.#unsettled[vertex - this.graph.firstBranch] = 1
    if (vertex >= this.graph.firstClass || this.#isLowering[vertex] === 1) return
    this.#isLowering[vertex] = 1
    this.#lowering.push(vertex)
  }
}
