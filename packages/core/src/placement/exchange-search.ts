import type { Branch, Flow } from './flow.ts'
import { highCost, loadCost, lowCost } from './marginal-cost.ts'
import type { ResidualGraph } from './residual-graph.ts'

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
  /** Branches whose steps must be looked at although their own label did not change. */
  readonly #unsettled: Uint8Array
  #changed = false

  constructor(graph: ResidualGraph) {
    this.graph = graph
    this.#flow = graph.flow
    this.#high = new Float64Array(graph.size)
    this.#low = new Float64Array(graph.size)
    this.#parents = new Int32Array(graph.size).fill(-1)
    this.#unsettled = new Uint8Array(graph.flow.branches.length).fill(1)
  }

  /** Lets every step lower its end once; whether any did. */
  round(): boolean {
    this.#changed = false
    const { branches, classes, groups } = this.#flow
    for (let index = 0; index < branches.length; index += 1) this.#relaxBranch(index)
    for (let index = 0; index < classes.length; index += 1) this.#relaxClass(index)
    for (let index = 0; index < groups.length; index += 1) this.#relaxGroup(index)
    this.#relaxLedger()
    return this.#changed
  }

  /** A cycle among the parents, in the direction of its steps; `undefined`: none, so far. */
  cycle(): number[] | undefined {
    const parents = this.#parents
    const seen = new Int32Array(parents.length)
    for (let start = 0; start < parents.length; start += 1) {
      let at = start
      while (at !== -1 && seen[at] === 0) {
        seen[at] = start + 1
        at = parents[at] ?? -1
      }
      if (at === -1 || seen[at] !== start + 1) continue
      const cycle = [at]
      for (let vertex = parents[at] ?? at; vertex !== at; vertex = parents[vertex] ?? at) cycle.push(vertex)
      return cycle.reverse()
    }
    return undefined
  }

  /** To be told when the flow has changed; `vertices`: those whose steps may have. */
  forgetParents(vertices: readonly number[]): void {
    this.#parents.fill(-1)
    for (const vertex of vertices) {
      if (vertex >= this.graph.firstBranch) this.#unsettled[vertex - this.graph.firstBranch] = 1
    }
  }

  /** Has every single step looked at in the next round. */
  unsettleAll(): void {
    this.#unsettled.fill(1)
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
      this.#relaxDepartures(branch, vertex, entrances)
      this.#step(vertex, itemClass, 0, 0)
    }
    if (this.#unsettled[index] === 0) return
    this.#unsettled[index] = 0
    this.#relaxArrivals(branch, vertex, entrances)
  }

  /** Somebody of the branch may leave where it is; the cheapest to miss of all of them gives the branch its label. */
  #relaxDepartures(branch: Branch, vertex: number, entrances: number): void {
    const { allowed, counts, fitHomes, looseHomes, aversion } = branch
    const { health } = this.#flow.costs
    const [highs, lows] = [this.#high, this.#low]
    let [best, bestHigh, bestLow] = [-1, highs[vertex] ?? 0, lows[vertex] ?? 0]
    for (let position = 0; position < allowed.length; position += 1) {
      const target = allowed[position] ?? 0
      const last = (counts[target] ?? 0) - 1
      if (last < 0) continue
      const place = entrances + target
      const isHome = last < (fitHomes[target] ?? 0) + (looseHomes[target] ?? 0)
      const high = (highs[place] ?? 0) - (isHome ? highCost(this.#flow, branch, target, last) : (health[target] ?? 0))
      if (high > bestHigh) continue
      const low = (lows[place] ?? 0) - (isHome ? lowCost(this.#flow, branch, target, last) : (aversion[target] ?? 0))
      if (high < bestHigh || low < bestLow) [best, bestHigh, bestLow] = [place, high, low]
    }
    if (best !== -1) this.#lower(vertex, bestHigh, bestLow, best)
  }

  /** One more of the branch may come anywhere that is allowed; the ledger or a full limit will say what that takes. */
  #relaxArrivals(branch: Branch, vertex: number, entrances: number): void {
    const { allowed, counts, fitHomes, looseHomes, aversion } = branch
    const { health } = this.#flow.costs
    const highHere = this.#high[vertex] ?? 0
    const lowHere = this.#low[vertex] ?? 0
    for (let position = 0; position < allowed.length; position += 1) {
      const target = allowed[position] ?? 0
      const place = entrances + target
      const nth = counts[target] ?? 0
      const isHome = nth < (fitHomes[target] ?? 0) + (looseHomes[target] ?? 0)
      const high = highHere + (isHome ? highCost(this.#flow, branch, target, nth) : (health[target] ?? 0))
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
    const { loads, capacities, costs } = this.#flow
    for (let target = 0; target < loads.length; target += 1) {
      if ((loads[target] ?? 0) < (capacities[target] ?? 0)) this.#step(target, ledger, 0, loadCost(this.#flow, target))
    }
    this.#step(outside, ledger, 0, 0)
    this.#step(ledger, outside, 0, 0)
    for (let target = 0; target < loads.length; target += 1) {
      if ((loads[target] ?? 0) === 0) continue
      this.#step(ledger, target, 0, 2 * (costs.loadWeights[target] ?? 0) - loadCost(this.#flow, target))
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
  }
}
