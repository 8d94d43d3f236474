import type { Flow } from './flow.ts'
import { both, solveFlow } from './solve-flow.ts'
import { placeOneByOne } from './one-by-one.ts'
import type { PlacementItem, PlacementNode } from './placement-input.ts'
import type { Certificate, UncertifiedReason } from './placement-result.ts'
import { Room } from './room.ts'
import { enrol, fitHome, isSound, type Roster } from './roster.ts'
import { createTargets, nowhere, type Target } from './target.ts'

/** Where the items of one account are placed. */
export interface Solution {
  readonly account: string
  readonly targets: readonly Target[]
  readonly roster: Roster
  /** By item: index of its target, or `nowhere`. */
  readonly targetOf: Int32Array
  readonly room: Room
  readonly certificate: Certificate
  /** Who is where on the living targets, by class; `undefined` where items were put one by one. */
  readonly flow: Flow | undefined
}

/** Accounts share nothing but health: each is solved alone, so that trouble in one never moves the items of another. */
export function solve(items: readonly PlacementItem[], nodes: readonly PlacementNode[], now: number): Solution[] {
  const account = items[0]?.eligibility.account
  const isOne = items.every((item) => item.eligibility.account === account)
  const byAccount = isOne ? [[account ?? '', items] as const] : Map.groupBy(items, (item) => item.eligibility.account)
  return [...byAccount].map(([account, ours]) => solveAccount(account, ours, createTargets(account, nodes), now))
}

export function solveAccount(
  account: string,
  items: readonly PlacementItem[],
  targets: readonly Target[],
  now: number,
): Solution {
  const roster = enrol(items, targets, now)
  const targetOf = new Int32Array(items.length).fill(nowhere)
  const { certificate, flow } = isTooVaried(roster, targets)
    ? placeWithoutFlow(targets, roster, targetOf)
    : placeBySize(targets, roster, targetOf)
  return { account, targets, roster, targetOf, room: new Room(targets, roster, targetOf), certificate, flow }
}

interface Outcome {
  readonly certificate: Certificate
  readonly flow: Flow | undefined
}

/**
 * Items of one size are placed best, with as many places on a server as fit. Of several sizes, every server is first
 * given the places that it has for the smallest: what is best then, and happens to fit, is best. If it does not fit, the
 * question is NP-hard, and the items are put one by one where there is room.
 */
function placeBySize(targets: readonly Target[], roster: Roster, targetOf: Int32Array): Outcome {
  const sizes = new Set<number>()
  for (const item of roster.items) if (isSound(item)) sizes.add(item.slots ?? 1)
  const smallest = [...sizes].reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY)
  const places = targets.map(({ slots }) => Math.floor(slots / (sizes.size === 0 ? 1 : smallest)))
  const outcome = solveFlow(targets, places, roster, targetOf)
  if (sizes.size <= 1) return outcome
  const room = new Room(targets, roster, targetOf)
  if (targets.every((_, target) => room.free(target) >= 0)) return { ...outcome, flow: undefined }
  placeOneByOne(room)
  return { certificate: both(outcome.certificate, unproven('MixedSizes')), flow: undefined }
}

/** Memory for counts by class and target would run out of hand. */
function isTooVaried({ classes }: Roster, targets: readonly Target[]): boolean {
  return classes.length * targets.length > 12_000_000
}

function placeWithoutFlow(targets: readonly Target[], roster: Roster, targetOf: Int32Array): Outcome {
  for (const position of roster.items.keys()) {
    if (roster.homeKinds[position] === fitHome) targetOf[position] = roster.homeOf[position] ?? nowhere
  }
  placeOneByOne(new Room(targets, roster, targetOf))
  return { certificate: unproven('TooManyClasses'), flow: undefined }
}

function unproven(reason: UncertifiedReason): Certificate {
  return { proven: false, reason, exchanges: 0 }
}
