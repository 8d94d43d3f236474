import type { Claim } from './claim.ts'
import type { CostModel } from './cost.ts'
import { addDeparture, createDepartures, type Departures } from './departures.ts'
import type { Path } from './path.ts'
import { nowhere, type Target } from './target.ts'

/** Who is where, while it is being worked out. Claims are named by their position in `claims`, targets by index. */
export class Allotment {
  readonly targets: readonly Target[]
  readonly claims: readonly Claim[]
  readonly costs: CostModel
  readonly #places: Int32Array
  readonly #members: readonly Set<number>[]
  /** `undefined`: to be worked out again. */
  readonly #departures: (Departures | undefined)[]

  constructor(targets: readonly Target[], claims: readonly Claim[], costs: CostModel) {
    this.targets = targets
    this.claims = claims
    this.costs = costs
    this.#places = new Int32Array(claims.length).fill(nowhere)
    this.#members = targets.map(() => new Set())
    this.#departures = targets.map(() => undefined)
  }

  placeOf(claim: number): number {
    return this.#places[claim] ?? nowhere
  }

  membersOf(target: number): ReadonlySet<number> {
    return this.#members[target] ?? new Set()
  }

  hasRoom(target: number): boolean {
    return this.membersOf(target).size < (this.targets[target]?.capacity ?? 0)
  }

  departuresOf(target: number): Departures {
    const known = this.#departures[target]
    if (known !== undefined) return known
    const departures = createDepartures(this.targets.length)
    for (const position of this.membersOf(target)) this.#countDeparture(departures, position, target)
    this.#departures[target] = departures
    return departures
  }

  add(claim: number, target: number): void {
    this.#members[target]?.add(claim)
    this.#places[claim] = target
    const known = this.#departures[target]
    if (known !== undefined) this.#countDeparture(known, claim, target)
  }

  /** Moves everybody along the path one place on. */
  follow(path: Path): void {
    if (path.evicted !== undefined) this.#remove(path.evicted)
    for (const { claim, target } of path.steps) {
      this.#remove(claim)
      this.add(claim, target)
    }
  }

  #remove(claim: number): void {
    const target = this.placeOf(claim)
    if (target === nowhere) return
    this.#members[target]?.delete(claim)
    this.#departures[target] = undefined
    this.#places[claim] = nowhere
  }

  #countDeparture(departures: Departures, position: number, target: number): void {
    const claim = this.claims[position]
    if (claim !== undefined) addDeparture(departures, this.costs, claim, position, target)
  }
}
