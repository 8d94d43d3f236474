import type { Flow } from './flow.ts'

/**
 * The exchanges that are possible, as a graph: a step from one vertex to another is one item coming or going. Vertices:
 *
 * - a target; and `outside`, the target of those that are left out, which takes any number;
 * - the `ledger`: a step from a target to it uses a free slot there, a step back gives a slot up;
 * - for each spread group its own entrance to every target, whose passage is the limit per node, and to `outside`;
 * - a class, where its items wait; a branch of it, which a step enters when one more of it is served.
 *
 * Numbered in this order, so that everything below `firstClass` is a place that items can be at.
 */
export class ResidualGraph {
  readonly flow: Flow
  readonly outside: number
  readonly ledger: number
  readonly firstClass: number
  readonly firstBranch: number
  readonly size: number
  /** By group: how many of it there are, served or not. */
  readonly members: readonly number[]

  constructor(flow: Flow) {
    const targets = flow.targets.length
    this.flow = flow
    this.outside = targets
    this.ledger = targets + 1
    this.firstClass = targets + 2 + flow.groups.length * (targets + 1)
    this.firstBranch = this.firstClass + flow.classes.length
    this.size = this.firstBranch + flow.branches.length
    const members = flow.groups.map((_, group) => flow.groupServed[group] ?? 0)
    for (const [index, { group }] of flow.classes.entries()) {
      if (group >= 0) members[group] = (members[group] ?? 0) + (flow.waiting[index] ?? 0)
    }
    this.members = members
  }

  /** The vertex at which a group's entrances begin, by target; the targets themselves for no group (-1). The one after them is its outside. */
  entrances(group: number): number {
    return group < 0 ? 0 : this.ledger + 1 + group * (this.flow.targets.length + 1)
  }

  /** The group whose entrance the place is; -1: it is a target or outside. */
  groupAt(place: number): number {
    return place <= this.ledger ? -1 : Math.floor((place - this.ledger - 1) / (this.flow.targets.length + 1))
  }

  /** The target behind the place; `outside` for that. */
  targetAt(place: number): number {
    return place - this.entrances(this.groupAt(place))
  }
}
