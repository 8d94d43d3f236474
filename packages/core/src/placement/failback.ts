import { nested } from './nested-map.ts'
import type { PlacementItem } from './placement-input.ts'
import type { Target } from './target.ts'

/** The targets that an item would rather be at than at its fit home. */
export interface Failback {
  /** Those whose delay is over, ascending; `undefined`: none. Equal lists are one object. */
  readonly due: Int32Array | undefined
  /** Unix milliseconds at which the delay of the next one is over; infinite: of none. */
  readonly nextAt: number
}

const none: Failback = { due: undefined, nextAt: Number.POSITIVE_INFINITY }

/**
 * Where failbacks lead. A fit home is left for a node that is liked better, is no worse in health, has not failed lately,
 * and has been healthy for the delay: each node has a delay of its own to wait out, so that a better one that has just
 * come back is not gone to because another is ready. Worked out once for all that have the same choice.
 */
export class FailbackBook {
  readonly #targets: readonly Target[]
  readonly #now: number
  /** By what is liked, what is allowed, and what the home and the delay are. */
  readonly #known = new Map<Float64Array, Map<Int32Array, Map<string, Failback>>>()
  readonly #lists = new Map<string, Int32Array>()

  constructor(targets: readonly Target[], now: number) {
    this.#targets = targets
    this.#now = now
  }

  of(
    { failback }: PlacementItem,
    home: number,
    { allowed, aversion }: { readonly allowed: Int32Array; readonly aversion: Float64Array | undefined },
  ): Failback {
    const at = this.#targets[home]
    if (failback === undefined || aversion === undefined || at?.standing !== 0) return none
    const delay = Math.max(0, failback.delay || 0)
    const [liked, penalty] = [aversion[home] ?? 0, at.penalty]
    const alike = nested(nested(this.#known, aversion), allowed)
    const key = `${delay} ${liked} ${penalty}`
    const known = alike.get(key)
    if (known !== undefined) return known
    const due: number[] = []
    let nextAt = Number.POSITIVE_INFINITY
    for (const index of allowed) {
      const target = this.#targets[index]
      if (target === undefined || (aversion[index] ?? 0) >= liked) continue
      const { node } = target
      if (node.verdict !== 'healthy' || node.unstable || target.penalty > penalty) continue
      const dueAt = node.healthySince === undefined ? Number.NEGATIVE_INFINITY : node.healthySince + delay
      if (dueAt > this.#now) nextAt = Math.min(nextAt, dueAt)
      else due.push(index)
    }
    const found = { due: this.#shared(due), nextAt }
    alike.set(key, found)
    return found
  }

  #shared(due: readonly number[]): Int32Array | undefined {
    if (due.length === 0) return undefined
    const key = due.join()
    const list = this.#lists.get(key) ?? Int32Array.from(due)
    this.#lists.set(key, list)
    return list
  }
}
