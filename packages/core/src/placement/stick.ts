import { fillClass } from './fill.ts'
import type { Flow } from './flow.ts'

/**
 * Step one: whoever is at a fit home stays there, as far as there is room; the highest priority first. Then those whose
 * failback is due go where that leads, or back home, whichever costs less as things stand.
 */
export function stick(flow: Flow): void {
  const byPriority = [...flow.classes.keys()].sort((a, b) => (flow.leftOut[b] ?? 0) - (flow.leftOut[a] ?? 0))
  for (const itemClass of byPriority) stickClass(flow, itemClass)
  for (const itemClass of byPriority) {
    if (flow.classes[itemClass]?.failback === undefined) continue
    for (const index of flow.branchesOf[itemClass] ?? []) {
      const branch = flow.branches[index]
      for (const target of branch?.allowed ?? []) flow.put(index, target, -(branch?.counts[target] ?? 0))
    }
    fillClass(flow, itemClass)
  }
}

function stickClass(flow: Flow, itemClass: number): void {
  for (const index of flow.branchesOf[itemClass] ?? []) {
    const branch = flow.branches[index]
    if (branch === undefined || !flow.hasHomes(branch)) continue
    for (const target of branch.allowed) {
      const homes = branch.fitHomes[target] ?? 0
      if (homes > 0) flow.put(index, target, Math.max(0, Math.min(homes, flow.roomFor(index, target))))
    }
  }
}
