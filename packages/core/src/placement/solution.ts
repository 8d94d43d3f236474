import { type FlowOutcome, FlowSearch, both } from './flow-search.ts'
import { followFailbacks } from './follow-failbacks.ts'
import { totalCost } from './marginal-cost.ts'
import { betterEach, placeOneByOne, serveOneByOne } from './one-by-one.ts'
import type { PlacementItem, PlacementNode } from './placement-input.ts'
import type { Certificate, PlacementProblem, UncertifiedReason } from './placement-result.ts'
import { problemsOfAccount } from './problems.ts'
import { Room } from './room.ts'
import { isBetter, roomLevels } from './room-levels.ts'
import { enrol, isSound, type Roster } from './roster.ts'
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
  /** What its items ask for that is impossible. */
  readonly problems: readonly PlacementProblem[]
}

/** Accounts share nothing but health: each is solved alone, so that trouble in one never moves the items of another. */
export function solve(items: readonly PlacementItem[], nodes: readonly PlacementNode[], now: number): Solution[] {
  return [...byAccount(items)].map(([account, ours]) => {
    const search = new AccountSearch(account, ours, createTargets(account, nodes), now)
    search.advance(Number.POSITIVE_INFINITY)
    return search.solution()
  })
}

export function byAccount(items: readonly PlacementItem[]): Iterable<readonly [string, readonly PlacementItem[]]> {
  const account = items[0]?.eligibility.account
  if (account !== undefined && items.every((item) => item.eligibility.account === account)) return [[account, items]]
  return Map.groupBy(items, (item) => item.eligibility.account)
}

/** The items of one account being placed: there is a solution at once, and the best and its proof after `advance`. */
export class AccountSearch {
  readonly roster: Roster
  readonly targets: readonly Target[]
  readonly #account: string
  readonly #places: readonly number[]
  readonly #isMixed: boolean
  readonly #enrolShared: () => Roster
  readonly #own: FlowSearch | undefined
  /** When what was found needs members of a spread group where they were refused. */
  #shared: FlowSearch | undefined

  constructor(account: string, items: readonly PlacementItem[], targets: readonly Target[], now: number) {
    this.#account = account
    this.targets = targets
    this.roster = enrol(items, targets, now)
    this.#enrolShared = () => enrol(items, targets, now, 'shared')
    const sizes = new Set<number>()
    for (const item of items) if (!sizes.has(item.slots ?? 1) && isSound(item)) sizes.add(item.slots ?? 1)
    const smallest = [...sizes].reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY)
    this.#isMixed = sizes.size > 1
    this.#places = targets.map(({ slots }) => Math.floor(slots / (sizes.size === 0 ? 1 : smallest)))
    this.#own = isTooVaried(this.roster, targets) ? undefined : new FlowSearch(targets, this.#places, this.roster)
  }

  get isDone(): boolean {
    return this.#own?.isDone !== false && this.#shared?.isDone !== false
  }

  /** Searches until it is done, or has looked at so many more steps of exchanges. */
  advance(looks: number): void {
    this.#own?.advance(looks)
    if (this.#own?.isDone !== true || this.#own.outcome().fits) return
    this.#shared ??= new FlowSearch(this.targets, this.#places, this.#enrolShared())
    this.#shared.advance(looks)
  }

  solution(): Solution {
    const { room, certificate } = this.#solved()
    if (followFailbacks(room, room.roster.failbackOf.keys())) betterEach(room)
    const { roster, targetOf } = room
    const problems = problemsOfAccount(this.#account, roster)
    return { account: this.#account, targets: this.targets, roster, targetOf, room, certificate, problems }
  }

  #solved(): Solved {
    if (this.#own === undefined) {
      return { room: this.#onePlacement(this.roster.homeOf), certificate: unproven('TooManyClasses') }
    }
    const own = this.#own.outcome()
    return own.fits ? this.#bySize(own, this.roster) : this.#withSharedRefusals(own)
  }

  /**
   * No member of the group goes where another was refused, but those at home there: that can always be kept, and is best
   * if it costs no more than what knows of no refusals. If it costs more, members then go one by one where they
   * themselves may.
   */
  #withSharedRefusals(own: FlowOutcome): Solved {
    const roster = this.#enrolShared()
    const shared = (this.#shared ?? new FlowSearch(this.targets, this.#places, roster)).outcome()
    const solved = this.#bySize(shared, roster)
    if (this.isDone && String(own.flows.map(totalCost)) === String(shared.flows.map(totalCost))) return solved
    serveOneByOne(solved.room)
    return { ...solved, certificate: both(solved.certificate, unproven('SharedRefusals')) }
  }

  /**
   * Items of one size are placed best, with as many places on a server as fit. Of several sizes, every server is first
   * given the places that it has for the smallest: what is best then, and happens to fit, is best. If it does not fit,
   * the question is NP-hard, and the items are put one by one where there is room: from where they are, or from what was
   * found first if that comes out better. Because it has to be better, what is carried out stays as it is.
   */
  #bySize({ targetOf, certificate }: FlowOutcome, roster: Roster): Solved {
    const exact = new Room(this.targets, roster, targetOf)
    const fits = this.targets.every((_, target) => exact.free(target) >= 0)
    if (!this.#isMixed || fits) return { room: exact, certificate }
    const stayed = this.#onePlacement(roster.homeOf)
    const found = this.#onePlacement(targetOf)
    const room = isBetter(roomLevels(found), roomLevels(stayed)) ? found : stayed
    return { room, certificate: both(certificate, unproven('MixedSizes')) }
  }

  #onePlacement(wanted: Int32Array): Room {
    const room = new Room(this.targets, this.roster, new Int32Array(wanted.length).fill(nowhere))
    placeOneByOne(room, wanted)
    return room
  }
}

interface Solved {
  readonly room: Room
  readonly certificate: Certificate
}

/** Memory for counts by class and target would run out of hand. */
function isTooVaried({ classes }: Roster, targets: readonly Target[]): boolean {
  return classes.length * targets.length > 12_000_000
}

function unproven(reason: UncertifiedReason): Certificate {
  return { proven: false, reason, exchanges: 0 }
}
