import { nested } from './nested-map.ts'
import { compareText, positionOf } from './order.ts'
import { decidingLevel } from './deciding-level.ts'
import type { Assignment, DecidingLevel } from './placement-result.ts'
import { RivalBook } from './rivals.ts'
import type { Room } from './room.ts'
import type { Solution } from './solution.ts'
import { StandbyBook } from './standbys.ts'
import { nowhere } from './target.ts'

/**
 * Where each item belongs, by name and in the order of names. Of a hundred thousand few are ever asked for, so each is
 * told when it is, from the solutions as they are: these must not be changed any more.
 */
export class Assignments implements ReadonlyMap<string, Assignment> {
  readonly size: number
  readonly #accounts: readonly AccountAssignments[]

  constructor(solutions: readonly Solution[]) {
    this.#accounts = solutions.map((solution) => new AccountAssignments(solution))
    this.size = solutions.reduce((sum, { roster }) => sum + roster.items.length, 0)
  }

  get(name: string): Assignment | undefined {
    for (const account of this.#accounts) {
      const assignment = account.of(name)
      if (assignment !== undefined) return assignment
    }
    return undefined
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }

  forEach(tell: (assignment: Assignment, name: string, assignments: ReadonlyMap<string, Assignment>) => void): void {
    for (const [name, assignment] of this) tell(assignment, name, this)
  }

  *entries(): Generator<[string, Assignment], undefined> {
    const [only, ...others] = this.#accounts
    if (only === undefined) return
    if (others.length === 0) {
      yield* only.entries()
      return
    }
    yield* this.#accounts.flatMap((account) => [...account.entries()]).sort(([a], [b]) => compareText(a, b))
  }

  *keys(): Generator<string, undefined> {
    for (const [name] of this) yield name
  }

  *values(): Generator<Assignment, undefined> {
    for (const [, assignment] of this) yield assignment
  }

  [Symbol.iterator](): Generator<[string, Assignment], undefined> {
    return this.entries()
  }
}

class AccountAssignments {
  readonly #solution: Solution
  readonly #assignmentTo: (position: number) => Assignment
  /** Whoever asks for all of them asks for one after another. */
  #next = 0

  constructor(solution: Solution) {
    this.#solution = solution
    this.#assignmentTo = assigner(solution)
  }

  of(name: string): Assignment | undefined {
    const { items } = this.#solution.roster
    const position = items[this.#next]?.name === name ? this.#next : positionOf(items, name)
    if (position === undefined) return undefined
    this.#next = position + 1
    return this.#assignmentTo(position)
  }

  *entries(): Generator<[string, Assignment], undefined> {
    let position = 0
    for (const { name } of this.#solution.roster.items) {
      yield [name, this.#assignmentTo(position)]
      position += 1
    }
  }
}

/** Tells the assignment of an item of the solution: one object for all that are alike. */
export function assigner({ targets, targetOf, room }: Solution): (position: number) => Assignment {
  const rivals = new RivalBook(room)
  const standbys = new StandbyBook(room)
  const known = new Map<number, Map<number, Assignment>>()
  return (position) => {
    const chosen = targetOf[position] ?? nowhere
    const ofSize = nested(known, room.slotsOf(position))
    // Whoever was refused nodes of its own is like nobody else.
    const alike = room.roster.refusedTo.has(position) ? -1 - position : kindOf(room, position, chosen)
    const told = ofSize.get(alike)
    if (told !== undefined) return told
    const assignment = toldWhenAsked(targets[chosen]?.node.name ?? null, {
      level: () => decidingLevel(room, position, rivals),
      standbys: () => standbys.of(position),
    })
    ofSize.set(alike, assignment)
    return assignment
  }
}

/** Level and standbys take a look at all nodes that the item may have, and its node alone is what most want to know. */
function toldWhenAsked(
  node: string | null,
  tell: { readonly level: () => DecidingLevel; readonly standbys: () => readonly string[] },
): Assignment {
  let level: DecidingLevel | undefined
  let standbys: readonly string[] | undefined
  return {
    node,
    get level() {
      return (level ??= tell.level())
    },
    get standbys() {
      return (standbys ??= tell.standbys())
    },
  }
}

/** One number for items of one class at one target, at home there or not. */
function kindOf({ roster, targets }: Room, position: number, chosen: number): number {
  const tie = roster.homeOf[position] === chosen ? (roster.homeKinds[position] ?? 0) : 0
  return (((roster.classOf[position] ?? -1) + 1) * (targets.length + 1) + chosen + 1) * 3 + tie
}
