import { drivesOut, hasLabel, repels } from './hard-rules.ts'
import { nested } from './nested-map.ts'
import { hashText } from './order.ts'
import type { Eligibility } from './placement-input.ts'
import type { Target } from './target.ts'

/** By target: 1 or 0. */
type Marks = Uint8Array

/** Lists of targets of an account that rules allow. Equal lists are one object, so that items compress into few classes. */
export class AllowedTargets {
  readonly #targets: readonly Target[]
  readonly #byRules = new Map<Eligibility, Int32Array>()
  readonly #byContent = new Map<number, Int32Array[]>()
  /** Rules are many and are made of few locations and labels: who has these is looked at once. */
  readonly #byLocation = new Map<string, Marks>()
  readonly #byLabel = new Map<string, Map<string, Marks>>()
  readonly #tainted: readonly number[]

  constructor(targets: readonly Target[]) {
    this.#targets = targets
    this.#tainted = [...targets.keys()].filter((index) => targets[index]?.node.taints.some(repels) === true)
  }

  /** Indices of the targets that the hard rules allow, ascending: those for which `brokenRule` finds none. */
  of(rules: Eligibility): Int32Array {
    const known = this.#byRules.get(rules)
    if (known !== undefined) return known
    const allowed = new Uint8Array(this.#targets.length).fill(1)
    if (rules.location !== null) keep(allowed, this.#at(rules.location))
    for (const [key, value] of Object.entries(rules.nodeSelector)) keep(allowed, this.#labelled(key, value))
    for (const index of this.#tainted) {
      if (this.#targets[index]?.node.taints.some((taint) => drivesOut(taint, rules)) === true) allowed[index] = 0
    }
    const indices: number[] = []
    for (let index = 0; index < allowed.length; index += 1) if (allowed[index] === 1) indices.push(index)
    const list = this.shared(Int32Array.from(indices))
    this.#byRules.set(rules, list)
    return list
  }

  #at(location: string): Marks {
    const known = this.#byLocation.get(location)
    const marks = known ?? this.#mark((target) => target.location === location)
    this.#byLocation.set(location, marks)
    return marks
  }

  #labelled(key: string, value: string): Marks {
    const byValue = nested(this.#byLabel, key)
    const marks = byValue.get(value) ?? this.#mark(({ node }) => hasLabel(node, key, value))
    byValue.set(value, marks)
    return marks
  }

  #mark(isMarked: (target: Target) => boolean): Marks {
    const marks = new Uint8Array(this.#targets.length)
    let index = 0
    for (const target of this.#targets) {
      marks[index] = isMarked(target) ? 1 : 0
      index += 1
    }
    return marks
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

/** Only what both have. */
function keep(marks: Marks, others: Marks): void {
  for (let index = 0; index < marks.length; index += 1) marks[index] = (marks[index] ?? 0) & (others[index] ?? 0)
}

function hashNumbers(list: Int32Array): number {
  let hash = hashText(String(list.length))
  for (const value of list) hash = Math.imul(hash ^ value, 0x01000193)
  return hash
}

function isEqual(one: Int32Array, other: Int32Array): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index])
}
