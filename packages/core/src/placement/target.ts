import type { Verdict } from '../health/verdict.ts'
import { hashText } from './order.ts'
import type { PlacementNode, PlacementServer } from './placement-input.ts'

/** How good a node is as a home: 0 is fit, 1 is to be left for a fit one, 2 is dead. */
export type Standing = 0 | 1 | 2

export const dead: Standing = 2

/** What stands for no target where one is named by its index. */
export const nowhere = -1

/** One server of an account, as a place for items. */
export interface Target {
  readonly node: PlacementNode
  readonly standing: Standing
  /** Twice the rank, and one more when unstable; a worse standing outweighs every rank. */
  readonly penalty: number
  /** A whole number of slots, 0 or more; infinite without a limit. */
  readonly slots: number
  readonly location: string
  readonly zone: string
  readonly hash: number
}

const standings: Readonly<Record<Verdict, Standing>> = { healthy: 0, suspect: 0, leaving: 1, unfit: 1, dead }

/** Keeps sums of penalties exact whatever comes in; `assessHealth` uses the first few. */
const worstRank = 100
const penaltiesPerStanding = 2 * worstRank + 2

/** Whether two penalties are of one standing. */
export function isSameStanding(penalty: number, other: number): boolean {
  return Math.floor(penalty / penaltiesPerStanding) === Math.floor(other / penaltiesPerStanding)
}

export function createTargets(account: string, nodes: readonly PlacementNode[]): Target[] {
  return nodes.flatMap((node) => {
    const server = node.accounts.get(account)
    return server === undefined ? [] : [createTarget(node, server)]
  })
}

export function createTarget(node: PlacementNode, server: PlacementServer): Target {
  const rank = Number.isNaN(node.rank) ? worstRank : Math.trunc(Math.min(Math.max(node.rank, 0), worstRank))
  const standing = standings[node.verdict]
  return {
    node,
    standing,
    penalty: standing * penaltiesPerStanding + 2 * rank + (node.unstable ? 1 : 0),
    slots: wholeSlots(server.capacity),
    location: server.location,
    zone: node.zone ?? server.location,
    hash: hashText(node.name),
  }
}

function wholeSlots(capacity: number | null): number {
  if (capacity === null) return Number.POSITIVE_INFINITY
  return Number.isNaN(capacity) ? 0 : Math.max(0, Math.floor(capacity))
}
