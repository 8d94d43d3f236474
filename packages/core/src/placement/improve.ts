import { exchange } from './exchange.ts'
import { ExchangeSearch } from './exchange-search.ts'
import type { Flow } from './flow.ts'
import type { Certificate } from './placement-result.ts'
import { ResidualGraph } from './residual-graph.ts'

/** Far above what any input was seen to need; a bound, so that no input can keep it busy for ever. */
const mostRounds = 100_000

/**
 * Steps three and four: exchanges items as long as that betters the placement, and proves that nothing can any more.
 * An exchange is a cycle: one comes in, another makes room and goes elsewhere, until somebody takes a free slot, is left
 * out, or takes the place where it began. Pre-emption, making room for somebody who fits in one place only, going back
 * home and flattening the load are all of this one kind.
 * `watch` is told of each: the vertices of its cycle, and the graph that they are of.
 */
export function improve(flow: Flow, watch?: (cycle: readonly number[], graph: ResidualGraph) => void): Certificate {
  const graph = new ResidualGraph(flow)
  const search = new ExchangeSearch(graph)
  let exchanges = 0
  let isFinal = false
  for (let rounds = 0; rounds < mostRounds; rounds += 1) {
    const changed = search.round()
    if (!changed && isFinal) {
      const proven = flow.costs.exact
      return proven ? { proven, exchanges } : { proven, reason: 'NumbersTooLarge', exchanges }
    }
    isFinal = !changed
    if (!changed) {
      search.unsettleAll()
      continue
    }
    const cycle = search.cycle()
    if (cycle === undefined) continue
    watch?.(cycle, graph)
    exchange(graph, cycle)
    search.forgetParents(cycle)
    exchanges += 1
  }
  return { proven: false, reason: 'NotConverged', exchanges }
}
