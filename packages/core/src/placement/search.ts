import type { Allotment } from './allotment.ts'
import { tieBreak } from './order.ts'
import type { Path } from './path.ts'
import { nowhere } from './target.ts'

/** Cheapest paths from outside to every target: Bellman and Ford's label correcting, as departures may cost less than 0. */
export class Search {
  /** The free target at which the cheapest path ends. */
  end: number = nowhere
  /** Cost of reaching each target. */
  readonly major: Float64Array
  readonly minor: Float64Array
  readonly #via: Int32Array
  readonly #from: Int32Array
  readonly #queue: number[] = []
  readonly #queued: Uint8Array
  readonly #allotment: Allotment
  readonly #newcomer: number
  readonly #leastLoad: number
  #endMajor = Number.POSITIVE_INFINITY
  #endMinor = Number.POSITIVE_INFINITY

  constructor(allotment: Allotment, newcomer: number) {
    const size = allotment.targets.length
    this.major = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
    this.minor = new Float64Array(size).fill(Number.POSITIVE_INFINITY)
    this.#via = new Int32Array(size).fill(-1)
    this.#from = new Int32Array(size).fill(nowhere)
    this.#queued = new Uint8Array(size)
    this.#allotment = allotment
    this.#newcomer = newcomer
    this.#leastLoad = leastLoad(allotment)
  }

  run(): void {
    const { claims, costs } = this.#allotment
    const claim = claims[this.#newcomer]
    if (claim === undefined) return
    for (const target of claim.candidates) {
      this.#label(target, nowhere, this.#newcomer, costs.major(claim, target), costs.minor(claim, target))
    }
    for (let head = 0; head < this.#queue.length; head += 1) {
      const target = this.#queue[head] ?? nowhere
      this.#queued[target] = 0
      if (this.#mayLeadOn(target)) this.#relax(target)
    }
  }

  stepsTo(target: number): Path['steps'] {
    const steps: { claim: number; target: number }[] = []
    for (let at = target; at !== nowhere; at = this.#from[at] ?? nowhere) {
      steps.push({ claim: this.#via[at] ?? -1, target: at })
    }
    return steps
  }

  #relax(here: number): void {
    const departures = this.#allotment.departuresOf(here)
    const majorHere = this.major[here] ?? 0
    const minorHere = this.minor[here] ?? 0
    for (let target = 0; target < this.major.length; target += 1) {
      const major = majorHere + (departures.major[target] ?? 0)
      const known = this.major[target] ?? 0
      if (major > known) continue
      const minor = minorHere + (departures.minor[target] ?? 0)
      if (major < known || minor < (this.minor[target] ?? 0)) {
        this.#label(target, here, departures.claim[target] ?? -1, major, minor)
      }
    }
  }

  #label(target: number, from: number, via: number, major: number, minor: number): void {
    this.major[target] = major
    this.minor[target] = minor
    this.#via[target] = via
    this.#from[target] = from
    if (this.#queued[target] === 0) {
      this.#queued[target] = 1
      this.#queue.push(target)
    }
    if (this.#allotment.hasRoom(target)) this.#considerEnd(target)
  }

  /** One more at a target of load L adds 2L + 1 to the sum of squares. */
  #considerEnd(target: number): void {
    const major = this.major[target] ?? 0
    const minor = (this.minor[target] ?? 0) + 2 * this.#allotment.membersOf(target).size + 1
    if (major > this.#endMajor) return
    if (major === this.#endMajor) {
      if (minor > this.#endMinor) return
      if (minor === this.#endMinor && this.#rank(target) >= this.#rank(this.end)) return
    }
    this.end = target
    this.#endMajor = major
    this.#endMinor = minor
  }

  #rank(target: number): number {
    const { claims, targets } = this.#allotment
    return tieBreak(claims[this.#newcomer]?.hash ?? 0, targets[target]?.hash ?? 0)
  }

  /**
   * What is there already is the cheapest there is, so moving on from a target costs nothing less than 0 on the levels
   * before load (else it would have been done), and no less than what it takes off the sum of squares, 2L - 1; and the
   * path must end at a free target. That bounds every path through here, and most need not be followed.
   */
  #mayLeadOn(target: number): boolean {
    const major = this.major[target] ?? 0
    const load = Math.max(2 * this.#allotment.membersOf(target).size - 1, 2 * this.#leastLoad + 1)
    return major < this.#endMajor || (major === this.#endMajor && (this.minor[target] ?? 0) + load < this.#endMinor)
  }
}

/** Of the targets with room. */
function leastLoad(allotment: Allotment): number {
  let least = Number.POSITIVE_INFINITY
  for (let target = 0; target < allotment.targets.length; target += 1) {
    if (allotment.hasRoom(target)) least = Math.min(least, allotment.membersOf(target).size)
  }
  return least
}
