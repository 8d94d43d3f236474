import type { Allotment } from './allotment.ts'
import type { Path } from './path.ts'
import { Search } from './search.ts'
import { nowhere } from './target.ts'

/** The cheapest path in from outside. */
export function shortestPath(allotment: Allotment, newcomer: number): Path {
  const search = new Search(allotment, newcomer)
  search.run()
  if (search.end !== nowhere) return { steps: search.stepsTo(search.end), evicted: undefined }
  return cheapestEviction(allotment, newcomer, search)
}

/** There is no free target within reach: who of all in reach, the newcomer included, is best left out? */
function cheapestEviction(allotment: Allotment, newcomer: number, search: Search): Path {
  const { claims, costs, targets } = allotment
  let end = nowhere
  let evicted = newcomer
  const claim = claims[newcomer]
  if (claim === undefined) return { steps: [], evicted }
  let best = [claim.priority, costs.major(claim, nowhere), costs.minor(claim, nowhere)]
  for (let target = 0; target < targets.length; target += 1) {
    if (search.major[target] === Number.POSITIVE_INFINITY) continue
    for (const position of allotment.membersOf(target)) {
      const member = claims[position]
      if (member === undefined || member.priority > claim.priority) continue
      const cost = [
        member.priority,
        (search.major[target] ?? 0) + costs.major(member, nowhere) - costs.major(member, target),
        (search.minor[target] ?? 0) + costs.minor(member, nowhere) - costs.minor(member, target),
      ]
      if (!isLess(cost, best)) continue
      best = cost
      end = target
      evicted = position
    }
  }
  return { steps: search.stepsTo(end), evicted }
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const level = a.findIndex((value, index) => value !== b[index])
  return level !== -1 && (a[level] ?? 0) < (b[level] ?? 0)
}
