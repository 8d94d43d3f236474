import { allows } from './hard-rules.ts'
import { hashText } from './order.ts'
import type { Eligibility } from './placement-input.ts'
import type { Target } from './target.ts'

/** Lists of targets that rules allow. Equal lists are one object, so that items compress into few classes. */
export class AllowedTargets {
  readonly #targets: readonly Target[]
  readonly #byRules = new Map<Eligibility, Int32Array>()
  readonly #byContent = new Map<number, Int32Array[]>()

  constructor(targets: readonly Target[]) {
    this.#targets = targets
  }

  /** Indices of the targets that the hard rules allow, ascending. */
  of(rules: Eligibility): Int32Array {
    const known = this.#byRules.get(rules)
    if (known !== undefined) return known
    const isAllowed = allows(rules)
    const indices: number[] = []
    for (const [index, { node }] of this.#targets.entries()) if (isAllowed(node)) indices.push(index)
    const list = this.shared(Int32Array.from(indices))
    this.#byRules.set(rules, list)
    return list
  }

  /** The list without some of its targets. */
  without(list: Int32Array, refused: ReadonlySet<number>): Int32Array {
    return refused.size === 0 ? list : this.shared(list.filter((index) => !refused.has(index)))
  }

  shared(list: Int32Array): Int32Array {
    const hash = hashNumbers(list)
    const alike = this.#byContent.get(hash) ?? []
    const known = alike.find((other) => isEqual(other, list))
    if (known !== undefined) return known
    this.#byContent.set(hash, [...alike, list])
    return list
  }
}

function hashNumbers(list: Int32Array): number {
  let hash = hashText(String(list.length))
  for (const value of list) hash = Math.imul(hash ^ value, 0x01000193)
  return hash
}

function isEqual(one: Int32Array, other: Int32Array): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}
