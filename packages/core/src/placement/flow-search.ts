import { createCostModel } from './cost.ts'
import { expand } from './expand.ts'
import { fill } from './fill.ts'
import { fillAlike } from './fill-alike.ts'
import { Flow } from './flow.ts'
import { Improvement, type Watch } from './improve.ts'
import type { Certificate } from './placement-result.ts'
import type { Roster } from './roster.ts'
import { stick } from './stick.ts'
import { dead, nowhere, type Target } from './target.ts'

export interface FlowOutcome {
  /** By position: index of its target, or `nowhere`. */
  readonly targetOf: Int32Array
  readonly certificate: Certificate
  /** Who is where on the living targets; then, if some are left over, on the dead ones. */
  readonly flows: readonly Flow[]
  /** Whether refusals left every place to somebody; if not, some items have no target although one was found. */
  readonly fits: boolean
}

/**
 * Places the items of one account: on the living targets, and what those leave over on the dead ones, where it does no
 * harm and is at home. `capacities`, in items, by target. What the greedy steps make of it is there at once; `advance`
 * betters it and comes to its certificate.
 */
export class FlowSearch {
  readonly #targets: readonly Target[]
  readonly #capacities: readonly number[]
  readonly #roster: Roster
  readonly #watch: Watch | undefined
  readonly #living: Attempt
  #onDead: Attempt | undefined

  constructor(targets: readonly Target[], capacities: readonly number[], roster: Roster, watch?: Watch) {
    this.#targets = targets
    this.#capacities = capacities
    this.#roster = roster
    this.#watch = watch
    this.#living = this.#attempt((target) => target.standing !== dead, everybody(roster))
  }

  get isDone(): boolean {
    return this.#living.improvement.isDone && this.#onDead?.improvement.isDone !== false
  }

  /** Searches until it is done, or has looked at so many more steps of exchanges. */
  advance(looks: number): void {
    this.#living.improvement.advance(looks)
    if (!this.#living.improvement.isDone) return
    this.#onDead ??= this.#leftOver()
    this.#onDead?.improvement.advance(looks)
  }

  outcome(): FlowOutcome {
    const targetOf = this.#nowhere()
    const fits = expand(this.#living.flow, this.#roster, this.#living.positions, targetOf)
    const onDead = this.#onDead ?? this.#leftOver()
    const { certificate } = this.#living.improvement
    if (onDead === undefined) return { targetOf, certificate, flows: [this.#living.flow], fits }
    return {
      targetOf,
      certificate: both(certificate, onDead.improvement.certificate),
      flows: [this.#living.flow, onDead.flow],
      fits: expand(onDead.flow, this.#roster, onDead.positions, targetOf) && fits,
    }
  }

  #nowhere(): Int32Array {
    return new Int32Array(this.#roster.items.length).fill(nowhere)
  }

  #leftOver(): Attempt | undefined {
    const isUsable = (target: Target, index: number): boolean =>
      target.standing === dead && (this.#capacities[index] ?? 0) > 0
    if (!this.#targets.some(isUsable)) return undefined
    const { flow, positions } = this.#living
    if (this.#roster.refusedTo.size === 0 && flow.waiting.every((items) => items === 0)) return undefined
    const targetOf = this.#nowhere()
    expand(flow, this.#roster, positions, targetOf)
    const left = positions.filter((position) => targetOf[position] === nowhere)
    return left.length === 0 ? undefined : this.#attempt(isUsable, left)
  }

  /** Compressed into classes already; then stick and fill, to be improved until it is certified. */
  #attempt(isOpen: (target: Target, index: number) => boolean, positions: Int32Array): Attempt {
    const roster = this.#roster
    const capacities = this.#targets.map((target, index) =>
      isOpen(target, index) ? (this.#capacities[index] ?? 0) : 0,
    )
    const costs = createCostModel(this.#targets, capacities, roster.classes, roster.groups, positions.length)
    const flow = new Flow(this.#targets, Float64Array.from(capacities), roster, costs)
    for (let index = 0; index < positions.length; index += 1) flow.enlist(positions[index] ?? nowhere, roster)
    stick(flow)
    fillAlike(flow)
    fill(flow)
    return { positions, flow, improvement: new Improvement(flow, this.#watch) }
  }
}

function everybody({ items }: Roster): Int32Array {
  const positions = new Int32Array(items.length)
  for (let position = 0; position < positions.length; position += 1) positions[position] = position
  return positions
}

interface Attempt {
  readonly positions: Int32Array
  readonly flow: Flow
  readonly improvement: Improvement
}

export function both(one: Certificate, other: Certificate): Certificate {
  const exchanges = one.exchanges + other.exchanges
  const reason = one.reason ?? other.reason
  return { proven: one.proven && other.proven, ...(reason === undefined ? {} : { reason }), exchanges }
}
