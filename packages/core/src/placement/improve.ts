import { exchange } from './exchange.ts'
import { ExchangeSearch } from './exchange-search.ts'
import type { Flow } from './flow.ts'
import type { Certificate } from './placement-result.ts'
import { ResidualGraph } from './residual-graph.ts'

/** Far above what any input was seen to need; a bound, so that no input can keep it busy for ever. */
const mostRounds = 100_000

/** Is told of each exchange: the vertices of its cycle, and the graph that they are of. */
export type Watch = (cycle: readonly number[], graph: ResidualGraph) => void

/**
 * Steps three and four: exchanges items as long as that betters the placement, and proves that nothing can any more.
 * An exchange is a cycle: one comes in, another makes room and goes elsewhere, until somebody takes a free slot, is left
 * out, or takes the place where it began. Pre-emption, making room for somebody who fits in one place only, going back
 * home and flattening the load are all of this one kind.
 *
 * It can be interrupted: after each exchange the flow is a placement that keeps all rules, and a better one than before.
 */
export class Improvement {
  readonly #flow: Flow
  readonly #search: ExchangeSearch
  readonly #watch: Watch | undefined
  #certificate: Certificate = { proven: false, reason: 'Pending', exchanges: 0 }
  #rounds = 0
  #isFinal = false

  constructor(flow: Flow, watch?: Watch) {
    this.#flow = flow
    this.#search = new ExchangeSearch(new ResidualGraph(flow))
    this.#watch = watch
  }

  get certificate(): Certificate {
    return this.#certificate
  }

  get isDone(): boolean {
    return this.#certificate.reason !== 'Pending'
  }

  /** Goes on until it is done, or has looked at so many more steps of exchanges. */
  advance(looks: number): void {
    const end = this.#search.looks + looks
    while (!this.isDone && this.#search.looks < end) this.#round()
  }

  #round(): void {
    const search = this.#search
    const changed = search.round()
    this.#rounds += 1
    if (!changed && this.#isFinal) {
      this.#end(this.#flow.costs.exact ? undefined : 'NumbersTooLarge')
      return
    }
    if (this.#rounds >= mostRounds) {
      this.#end('NotConverged')
      return
    }
    this.#isFinal = !changed
    if (!changed) {
      search.unsettleAll()
      return
    }
    const cycles = search.cycles()
    if (cycles.length === 0) return
    for (const cycle of cycles) {
      this.#watch?.(cycle, search.graph)
      exchange(search.graph, cycle)
    }
    search.forgetParents(cycles.flat())
    this.#certificate = { ...this.#certificate, exchanges: this.#certificate.exchanges + cycles.length }
  }

  #end(reason: Certificate['reason']): void {
    const { exchanges } = this.#certificate
    this.#certificate = reason === undefined ? { proven: true, exchanges } : { proven: false, reason, exchanges }
  }
}
