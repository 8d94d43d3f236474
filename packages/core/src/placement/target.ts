import type { Verdict } from '../health/verdict.ts'
import { hashText } from './order.ts'
import type { PlacementNode, PlacementServer } from './placement-input.ts'

/** A home is left for a better standing alone, never for a mere better rank: 0 is best. */
export type Standing = 0 | 1 | 2

export const dead: Standing = 2

/** What stands for no target where one is named by its index. */
export const nowhere = -1

/** One server of an account, as a place for items. */
export interface Target {
  readonly node: PlacementNode
  readonly standing: Standing
  /** Twice the rank, and one more when unstable. */
  readonly penalty: number
  /** A whole number, 0 or more; infinite without a limit. */
  readonly capacity: number
  readonly hash: number
}

const standings: Readonly<Record<Verdict, Standing>> = { healthy: 0, suspect: 0, leaving: 1, unfit: 1, dead }

/** Keeps sums of penalties exact whatever comes in; `assessHealth` uses the first few. */
const worstRank = 1000
export const worstPenalty: number = 2 * worstRank + 1

export function createTarget(node: PlacementNode, server: PlacementServer): Target {
  const rank = Number.isNaN(node.rank) ? worstRank : Math.trunc(Math.min(Math.max(node.rank, 0), worstRank))
  return {
    node,
    standing: standings[node.verdict],
    penalty: 2 * rank + (node.unstable ? 1 : 0),
    capacity: slots(server.capacity),
    hash: hashText(node.name),
  }
}

function slots(capacity: number | null): number {
  if (capacity === null) return Number.POSITIVE_INFINITY
  return Number.isNaN(capacity) ? 0 : Math.max(0, Math.floor(capacity))
}
