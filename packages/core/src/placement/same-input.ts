import { sameJson } from '../domain/same-json.ts'
import type { Eligibility, PlacementItem, PlacementNode } from './placement-input.ts'

/** Milliseconds by which the same moment may be told differently, since it is counted from two clocks. */
const tolerance = 1000

export function sameNode(one: PlacementNode, other: PlacementNode): boolean {
  return (
    one.verdict === other.verdict &&
    one.rank === other.rank &&
    one.unstable === other.unstable &&
    isNear(one.healthySince, other.healthySince) &&
    sameButForHealth(one, other)
  )
}

export function sameButForHealth(one: PlacementNode, other: PlacementNode): boolean {
  return (
    one.name === other.name &&
    one.zone === other.zone &&
    sameJson(one.labels, other.labels) &&
    sameJson(one.taints, other.taints) &&
    one.accounts.size === other.accounts.size &&
    [...one.accounts].every(([account, server]) => sameJson(server, other.accounts.get(account)))
  )
}

/** Compares items, many of which share their rules: these are compared once. */
export class ItemComparison {
  readonly #sameRules = new Map<Eligibility, Eligibility>()

  sameButForHome(one: PlacementItem, other: PlacementItem): boolean {
    return (
      one.name === other.name &&
      (one.homeHeld ?? false) === (other.homeHeld ?? false) &&
      Object.is(one.priority, other.priority) &&
      (one.slots ?? 1) === (other.slots ?? 1) &&
      one.failback?.delay === other.failback?.delay &&
      sameJson(one.preferences ?? none, other.preferences ?? none) &&
      sameJson(one.spread, other.spread) &&
      sameRefusals(one.refusals ?? none, other.refusals ?? none) &&
      this.#haveSameRules(one.eligibility, other.eligibility)
    )
  }

  #haveSameRules(one: Eligibility, other: Eligibility): boolean {
    if (one === other || this.#sameRules.get(one) === other) return true
    if (!sameJson(one, other)) return false
    this.#sameRules.set(one, other)
    return true
  }
}

const none: readonly never[] = []

type Refusals = NonNullable<PlacementItem['refusals']>

function sameRefusals(ones: Refusals, others: Refusals): boolean {
  if (ones.length === 0 && others.length === 0) return true
  return (
    ones.length === others.length &&
    ones.every(({ node, until }, index) => node === others[index]?.node && isNear(until, others[index]?.until))
  )
}

function isNear(one: number | undefined, other: number | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return one === other || Math.abs(one - other) < tolerance
}
