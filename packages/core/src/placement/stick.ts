import type { Flow } from './flow.ts'

/** Step one: whoever is at a fit home stays there, as far as there is room; the highest priority first. */
export function stick(flow: Flow): void {
  const byPriority = [...flow.classes.keys()].sort((a, b) => (flow.leftOut[b] ?? 0) - (flow.leftOut[a] ?? 0))
  for (const itemClass of byPriority) {
    for (const index of flow.branchesOf[itemClass] ?? []) {
      const branch = flow.branches[index]
      if (branch === undefined) continue
      for (let target = 0; target < branch.fitHomes.length; target += 1) {
        const homes = branch.fitHomes[target] ?? 0
        if (homes > 0) flow.put(index, target, Math.max(0, Math.min(homes, flow.roomFor(index, target))))
      }
    }
  }
}
