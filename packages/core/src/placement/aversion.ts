import type { NodePreference } from '../domain/failover-ip.ts'
import { hasLabel } from './hard-rules.ts'
import type { Target } from './target.ts'

/** Whether a preference can be weighed. Others are left out, and named among the problems. */
export function isSoundWeight(weight: number): boolean {
  return Number.isInteger(weight) && weight >= 1 && weight <= 100
}

/**
 * By target: by how much weight it is liked less than the best liked of those that the rules allow, which has 0, refused
 * or not. `undefined`: these are all liked alike.
 */
export function aversions(
  preferences: readonly NodePreference[],
  targets: readonly Target[],
  allowed: Int32Array,
): Float64Array | undefined {
  const sound = preferences
    .filter(({ weight }) => isSoundWeight(weight))
    .map(({ weight, nodeSelector }) => ({ weight, labels: Object.entries(nodeSelector) }))
  const liked = new Float64Array(targets.length)
  for (const [index, { node }] of targets.entries()) {
    for (const { weight, labels } of sound) {
      if (labels.every(([key, value]) => hasLabel(node, key, value))) liked[index] = (liked[index] ?? 0) + weight
    }
  }
  let best = 0
  let worst = Number.POSITIVE_INFINITY
  for (const index of allowed) {
    best = Math.max(best, liked[index] ?? 0)
    worst = Math.min(worst, liked[index] ?? 0)
  }
  return best === worst || allowed.length === 0 ? undefined : liked.map((weight) => Math.max(0, best - weight))
}
