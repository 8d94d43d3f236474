import { Allotment } from './allotment.ts'
import type { Claim } from './claim.ts'
import { createCostModel } from './cost.ts'
import { shortestPath } from './shortest-path.ts'
import { dead, nowhere, type Target } from './target.ts'

/**
 * The target of each claim, `nowhere` for none: first among the living targets, then, for those left over, among the dead.
 *
 * Each of the two is a minimum-cost flow, solved exactly by successive shortest paths (a path that ends in putting
 * somebody out is one that ends at a target without limit called nowhere). The levels, one after another:
 * how many are left out, the highest priority first; moves; penalties; places away from home; sum of squares of the loads.
 * What is equal in all of these is settled by the order of the claims and a hash: fixed, but no optimum of anything.
 */
export function allot(targets: readonly Target[], claims: readonly Claim[]): Map<Claim, number> {
  const living = allotAmong(targets, claims, (target) => target.standing < dead)
  const left = claims.filter((claim) => !living.has(claim))
  const dying = left.length === 0 ? living : allotAmong(targets, left, (target) => target.standing === dead)
  return new Map([...living, ...dying])
}

function allotAmong(
  targets: readonly Target[],
  all: readonly Claim[],
  open: (target: Target) => boolean,
): Map<Claim, number> {
  const claims = narrow(all, targets, open)
  const allotment = new Allotment(targets, claims, createCostModel(targets, claims.length))
  const newcomers: number[] = []
  const best = Math.min(...targets.filter(open).map(({ standing }) => standing))
  for (const [position, { home }] of claims.entries()) {
    // Whoever cannot better itself is at its cheapest at home, and so are all such together: no path needs to be sought.
    if (home !== nowhere && targets[home]?.standing === best && allotment.hasRoom(home)) allotment.add(position, home)
    else newcomers.push(position)
  }
  for (const position of newcomers) allotment.follow(shortestPath(allotment, position))
  const placed = all.map((claim, position): [Claim, number] => [claim, allotment.placeOf(position)])
  return new Map(placed.filter(([, target]) => target !== nowhere))
}

/** The claims as they are when only some of the targets are open. */
function narrow(claims: readonly Claim[], targets: readonly Target[], open: (target: Target) => boolean): Claim[] {
  const isOpen = targets.map(open)
  const shared = new Map<readonly number[], readonly number[]>()
  return claims.map((claim) => {
    const candidates = shared.get(claim.candidates) ?? claim.candidates.filter((index) => isOpen[index])
    shared.set(claim.candidates, candidates)
    const home = claim.home !== nowhere && isOpen[claim.home] === true ? claim.home : nowhere
    return { ...claim, candidates, home }
  })
}
