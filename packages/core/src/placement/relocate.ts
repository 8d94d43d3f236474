import { bestWithRoom, comparePriority } from './best-with-room.ts'
import type { PlacementItem, PlacementNode } from './placement-input.ts'
import { Room } from './room.ts'
import { fitHome, looseHome, type Roster } from './roster.ts'
import { ItemComparison, sameButForHealth } from './same-input.ts'
import type { Solution } from './solution.ts'
import { createTargets, dead, nowhere, type Target } from './target.ts'

/** An account as it is told; what is not new is the same object as in the one before. Both lists in canonical order. */
export interface Told {
  readonly items: readonly PlacementItem[]
  readonly nodes: readonly PlacementNode[]
}

/**
 * What can be told of an account at once, without solving it again, when all that has happened is that nodes are worse
 * than they were, and that items have come to where the last solution put them: whoever was on such a node goes to the
 * best fit node that has room, the highest priority first, and everybody else stays. That keeps all rules. It is what the
 * exact answer does as well, as a rule, for nobody leaves a fit home but to let somebody be served: it may put the
 * displaced more cleverly. `undefined`: something else has happened, or somebody finds no room that way, or there are so
 * many to be weighed (more than `most` pairs of an item and a node) that to solve it again is no slower.
 */
export function relocate(last: Solution, before: Told, after: Told, most: number): Solution | undefined {
  const targets = targetsAfter(last, before.nodes, after.nodes)
  if (targets === undefined) return undefined
  const worse = worsened(last, targets)
  if (worse.length * targets.length > most) return undefined
  const roster = rosterAfter(last, targets, worse, before.items, after.items)
  if (roster === undefined) return undefined
  const displaced = displacedFrom(last, targets, worse, roster)
  if (displaced.length * targets.length > most) return undefined
  // They leave before their nodes are dead, since who is on a dead node counts for no zone.
  const left = last.room.without(displaced)
  const room = new Room(targets, roster, left.targetOf, left)
  for (const position of displaced.sort((a, b) => comparePriority(room, a, b))) {
    const target = bestWithRoom(room, position, { below: 1 })
    if (target === undefined) return undefined
    room.move(position, target)
  }
  const certificate = { proven: false, reason: 'Pending', exchanges: 0 } as const
  return { ...last, targets, roster, targetOf: room.targetOf, room, certificate }
}

/** `undefined`: a node has become better, or differs in more than health. */
function targetsAfter(last: Solution, before: Told['nodes'], after: Told['nodes']): readonly Target[] | undefined {
  if (before === after) return last.targets
  if (before.length !== after.length) return undefined
  const targets = [...last.targets]
  // The targets are those nodes that the account has, in the same order.
  let index = 0
  for (let place = 0; place < after.length; place += 1) {
    const [known, node] = [before[place], after[place]]
    const target = last.targets[index]?.node === known ? last.targets[index] : undefined
    if (node !== known) {
      if (known === undefined || node === undefined || !sameButForHealth(known, node)) return undefined
      const [changed] = createTargets(last.account, [node])
      if (changed !== undefined && changed.standing < (target?.standing ?? dead)) return undefined
      if (changed !== undefined) targets[index] = changed
    }
    if (target !== undefined) index += 1
  }
  return targets
}

/** Targets that are a worse home than they were. */
function worsened(last: Solution, targets: readonly Target[]): readonly number[] {
  const worse: number[] = []
  for (let index = 0; index < targets.length; index += 1) {
    const [before, after] = [last.targets[index], targets[index]]
    if (before !== after && (after?.standing ?? 0) > (before?.standing ?? 0)) worse.push(index)
  }
  return worse
}

/** `undefined`: items differ in more than that they have come to where they were to go. */
function rosterAfter(
  last: Solution,
  targets: readonly Target[],
  worse: readonly number[],
  before: Told['items'],
  after: Told['items'],
): Roster | undefined {
  if (before.length !== after.length) return undefined
  const homeOf = before === after ? last.roster.homeOf : last.roster.homeOf.slice()
  const homeKinds = last.roster.homeKinds.slice()
  const comparison = new ItemComparison()
  for (const position of positionsAt(homeOf, worse)) {
    if (after[position]?.homeHeld !== true) homeKinds[position] = looseHome
  }
  for (let position = 0; before !== after && position < after.length; position += 1) {
    if (after[position] === before[position]) continue
    const place = last.targetOf[position] ?? nowhere
    if (targets[place]?.standing !== 0 || !hasArrived(before[position], after[position], targets[place], comparison)) {
      return undefined
    }
    homeOf[position] = place
    homeKinds[position] = fitHome
  }
  return { ...last.roster, items: after, homeOf, homeKinds }
}

function hasArrived(
  before: PlacementItem | undefined,
  after: PlacementItem | undefined,
  { node }: Target,
  comparison: ItemComparison,
): boolean {
  if (before === undefined || after === undefined || after.home !== node.name) return false
  return comparison.sameButForHome(before, after)
}

/** Who is on a node that is worse now; a home that is held is kept while it is alive. */
function displacedFrom(
  { targetOf }: Solution,
  targets: readonly Target[],
  worse: readonly number[],
  { homeOf, homeKinds }: Roster,
): number[] {
  return positionsAt(targetOf, worse).filter((position) => {
    const target = targetOf[position] ?? nowhere
    return homeOf[position] !== target || homeKinds[position] !== fitHome || targets[target]?.standing === dead
  })
}

/** The positions at which one of the targets is named. Found by the engine's own search: the list is long, the targets are few. */
function positionsAt(list: Int32Array, targets: readonly number[]): number[] {
  const positions: number[] = []
  for (const target of targets) {
    for (let at = list.indexOf(target); at !== -1; at = list.indexOf(target, at + 1)) positions.push(at)
  }
  return positions
}
